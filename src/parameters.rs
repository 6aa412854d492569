//! Secrets in AWS's Systems Manager Parameter Store, as SecureStrings named after their variables.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html>

use crate::secret::Secret;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::ProvideErrorMetadata as _;
use aws_smithy_types::error::display::DisplayErrorContext;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most that reading them may take, with the repeats of what failed.
pub const LIMIT: Duration = Duration::from_millis(4_000);

/// The parameters under one path.
#[derive(Debug)]
pub struct Parameters {
    client: Client,
    path: String,
}

/// What was read: values by the last part of their names, which is a variable's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets(BTreeMap<String, Secret>);

/// They could not be read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// AWS did not answer, or not in time.
    #[error("the parameters under {path} cannot be read at the moment: {why}")]
    Unavailable {
        /// `PARAMETERS_PATH`
        path: String,
        /// What AWS or the connection says.
        why: String,
    },
    /// AWS refused.
    #[error(
        "the parameters under {path} cannot be read: {why}. The function's role needs ssm:GetParametersByPath on this \
         path, and kms:Decrypt when the parameters have a key of their own"
    )]
    Refused {
        /// `PARAMETERS_PATH`
        path: String,
        /// What AWS says.
        why: String,
    },
}

impl Secrets {
    /// The value of a variable.
    pub fn value(&self, variable: &str) -> Option<&Secret> {
        self.0.get(variable)
    }

    /// The variables, for the log.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Parameters {
    /// `path` starts with a slash and does not end with one. Nothing is read yet.
    pub fn new(client: Client, path: String) -> Self {
        Self { client, path }
    }

    /// Reads all of them, ten with each call, as AWS gives them out. A call that fails is repeated by the SDK.
    pub async fn read(&self, deadline: Instant) -> Result<Secrets, NotRead> {
        let late = |_| NotRead::Unavailable { path: self.path.clone(), why: "no answer in time".into() };
        timeout_at(deadline, self.all_pages()).await.map_err(late)?
    }

    async fn all_pages(&self) -> Result<Secrets, NotRead> {
        let request = self.client.get_parameters_by_path().path(&self.path).with_decryption(true);
        let mut pages = request.into_paginator().send();
        let mut secrets = BTreeMap::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| {
                let path = self.path.clone();
                match error.as_service_error().and_then(|error| error.code()) {
                    Some(code) if !matches!(code, "InternalServerError" | "ThrottlingException") => {
                        let said = error.as_service_error().and_then(|error| error.message()).unwrap_or_default();
                        NotRead::Refused { path, why: format!("{code}: {said}") }
                    }
                    _ => NotRead::Unavailable { path, why: DisplayErrorContext(&error).to_string() },
                }
            })?;
            for parameter in page.parameters.unwrap_or_default() {
                if let (Some(name), Some(value)) = (parameter.name, parameter.value) {
                    let variable = name.rsplit('/').next().unwrap_or_default().to_owned();
                    secrets.insert(variable, Secret::new(value));
                }
            }
        }
        Ok(Secrets(secrets))
    }
}
