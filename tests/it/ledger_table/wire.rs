//! The product's own client of DynamoDB over a connector that records every request and can lose answers.

use super::units::Units;
use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use toban::net::aws::calls::DynamoDb;
use toban::net::aws::{Aws, Environment};
use toban::net::secret::Secret;

#[derive(Debug, Clone)]
pub struct Wire {
    inner: SharedHttpClient,
    client: DynamoDb,
    traffic: Arc<Mutex<Traffic>>,
}

#[derive(Debug, Default)]
struct Traffic {
    operations: Vec<String>,
    units: Units,
    /// The answer to the request after so many gets lost.
    to_lose: Option<usize>,
}

impl Wire {
    pub fn to(url: &str) -> Self {
        let environment = Environment {
            region: "ap-northeast-1".into(),
            access_key_id: "test".into(),
            secret_access_key: Secret::new("test"),
            session_token: None,
            endpoint_url: Some(url.into()),
        };
        let client = Aws::new(environment, toban::net::http::client().expect("an HTTP client")).dynamodb();
        let inner = client.config().http_client().expect("the client has a connector of ours");
        Self { inner, client, traffic: Arc::default() }
    }

    /// A client that retries at once and has no time limit of its own.
    pub fn client(&self) -> DynamoDb {
        let config = self.client.config().to_builder().http_client(self.clone());
        let retries = RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(1));
        Client::from_conf(config.retry_config(retries).timeout_config(TimeoutConfig::disabled()).build()).into()
    }

    /// The requests since the last call of this, by name: `PutItem`.
    pub fn operations(&self) -> Vec<String> {
        std::mem::take(&mut self.traffic.lock().expect("nothing panics with it").operations)
    }

    /// What DynamoDB charges for the items that were put since the last call of this.
    pub fn write_units(&self) -> usize {
        self.traffic.lock().expect("nothing panics with it").units.take()
    }

    /// The next request is done, and its answer gets lost.
    pub fn lose_an_answer(&self) {
        self.lose_an_answer_after(0);
    }

    /// The same after so many others.
    pub fn lose_an_answer_after(&self, requests: usize) {
        self.traffic.lock().expect("nothing panics with it").to_lose = Some(requests);
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, traffic: self.traffic.clone() })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    traffic: Arc<Mutex<Traffic>>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let mut traffic = self.traffic.lock().expect("nothing panics with it");
        let is_put = matches!(&*operation, "PutItem" | "TransactWriteItems");
        let put = is_put.then(|| request.body().bytes().unwrap_or_default().to_owned());
        traffic.operations.push(operation);
        let is_lost = traffic.to_lose == Some(0);
        traffic.to_lose = traffic.to_lose.and_then(|left| left.checked_sub(1));
        let answer = self.inner.call(request);
        let noted = self.traffic.clone();
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            if let Some(put) = put {
                noted.lock().expect("nothing panics with it").units.note(&put, answer.status().is_success());
            }
            if is_lost { Err(ConnectorError::io("the connection was reset".into())) } else { Ok(answer) }
        })
    }
}
