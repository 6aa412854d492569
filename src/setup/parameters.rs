//! Secrets in AWS's Systems Manager Parameter Store: SecureStrings named after their variables. Each process reads those that it
//! needs, by their names.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>

use crate::net::aws::{calls, cause};
use crate::net::secret::Secret;
use aws_sdk_ssm::error::ProvideErrorMetadata as _;
use aws_sdk_ssm::types::{ParameterStringFilter, ParameterType};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How many one call may name.
const MOST: usize = 10;
/// The most that reading them may take, retries included.
pub const LIMIT: Duration = Duration::from_millis(4_000);

/// The parameters under one path.
#[derive(Debug)]
pub struct Parameters {
    client: calls::Ssm,
    path: String,
    /// Those that are read.
    variables: Vec<&'static str>,
}

/// The values by the last part of their names, which is a variable's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets(BTreeMap<String, Secret>);

/// The parameters could not be read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// AWS did not answer, or not in time.
    #[error("the parameters under {path} cannot be read at the moment: {why}")]
    Unavailable {
        /// `PARAMETERS_PATH`
        path: String,
        /// AWS's code, or what is wrong with the connection.
        why: String,
    },
    /// AWS refused.
    #[error(
        "the parameters under {path} cannot be read: {why}. The function's role needs ssm:GetParameters on each that it \
         reads, whether it is there or not, and kms:Decrypt when they have a key of their own"
    )]
    Refused {
        /// `PARAMETERS_PATH`
        path: String,
        /// AWS's code.
        why: String,
    },
}

/// A secret could not be added to a parameter, which is unchanged. Never holds the secret.
#[derive(Debug, thiserror::Error)]
#[error("the parameter {name} cannot be written: {why}")]
pub struct NotWritten {
    /// The parameter's whole name.
    pub name: String,
    /// Which call has failed, and AWS's code or what is wrong with the connection.
    pub why: String,
}

impl FromIterator<(String, Secret)> for Secrets {
    fn from_iter<T: IntoIterator<Item = (String, Secret)>>(secrets: T) -> Self {
        Self(secrets.into_iter().collect())
    }
}

impl Secrets {
    pub fn value(&self, variable: &str) -> Option<&Secret> {
        self.0.get(variable)
    }

    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Parameters {
    /// `path` starts with a slash and does not end with one. Sends nothing yet.
    pub fn new(client: calls::Ssm, path: String, variables: Vec<&'static str>) -> Self {
        Self { client, path, variables }
    }

    /// Reads those of its variables that are there. The SDK retries a call that fails.
    pub async fn read(&self, deadline: Instant) -> Result<Secrets, NotRead> {
        let late = |_| NotRead::Unavailable { path: self.path.clone(), why: "no answer in time".into() };
        timeout_at(deadline, self.all()).await.map_err(late)?
    }

    /// Adds a secret to a variable that may hold several, comma-separated; those that are there stay valid. The parameter
    /// keeps its KMS key; a new one gets the account's own. Needs ssm:GetParameter, ssm:DescribeParameters and
    /// ssm:PutParameter.
    ///
    /// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>
    pub async fn add(&self, variable: &str, secret: &Secret, deadline: Instant) -> Result<(), NotWritten> {
        let name = format!("{}/{variable}", self.path);
        let added = timeout_at(deadline, self.add_to(&name, secret)).await;
        added.unwrap_or_else(|_| Err("no answer in time".into())).map_err(|why| NotWritten { name, why })
    }

    async fn add_to(&self, name: &str, secret: &Secret) -> Result<(), String> {
        let there = self.client.get_parameter().name(name).with_decryption(true).send().await;
        let there = match there {
            Ok(answer) => answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default(),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_parameter_not_found()) => String::new(),
            Err(error) => return Err(format!("ssm:GetParameter: {}", cause(&error))),
        };
        let known = || there.split(',').map(str::trim).filter(|known| !known.is_empty());
        if known().any(|known| known == secret.expose()) {
            return Ok(());
        }
        let key = if there.is_empty() { None } else { self.key_of(name).await? };
        let value = known().chain([secret.expose()]).collect::<Vec<_>>().join(",");
        let put = self.client.put_parameter().name(name).r#type(ParameterType::SecureString).value(value);
        let put = put.overwrite(!there.is_empty()).set_key_id(key).send().await;
        put.map(|_| ()).map_err(|error| format!("ssm:PutParameter: {}", cause(&error)))
    }

    /// The key under which a parameter is encrypted; without it, overwriting would encrypt under the account's own.
    async fn key_of(&self, name: &str) -> Result<Option<String>, String> {
        let filter = ParameterStringFilter::builder().key("Name").option("Equals").values(name).build();
        let filter = filter.map_err(|error| error.to_string())?;
        let found = self.client.describe_parameters().parameter_filters(filter).send().await;
        let found = found.map_err(|error| format!("ssm:DescribeParameters: {}", cause(&error)))?;
        let found = found.parameters.unwrap_or_default();
        Ok(found.into_iter().find(|one| one.name.as_deref() == Some(name)).and_then(|one| one.key_id))
    }

    /// Ten with each call, which is AWS's limit; the calls are made side by side.
    async fn all(&self) -> Result<Secrets, NotRead> {
        let read = join_all(self.variables.chunks(MOST).map(|names| self.some(names))).await;
        let secrets = read.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Secrets(secrets.into_iter().flatten().collect()))
    }

    async fn some(&self, variables: &[&str]) -> Result<Vec<(String, Secret)>, NotRead> {
        let names = variables.iter().map(|variable| format!("{}/{variable}", self.path)).collect();
        let answer = self.client.get_parameters().set_names(Some(names)).with_decryption(true).send().await;
        let answer = answer.map_err(|error| {
            let path = self.path.clone();
            let why = cause(&error);
            match error.as_service_error().and_then(|error| error.code()) {
                None | Some("InternalServerError" | "ThrottlingException") => NotRead::Unavailable { path, why },
                Some(_) => NotRead::Refused { path, why },
            }
        })?;
        // What is not there is named in the answer, too, and is no failure.
        let named = answer.parameters.unwrap_or_default().into_iter().filter_map(|parameter| {
            let name = parameter.name?;
            let variable = name.strip_prefix(&self.path)?.strip_prefix('/')?.to_owned();
            Some((variable, Secret::new(parameter.value?)))
        });
        Ok(named.collect())
    }
}
