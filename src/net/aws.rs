//! AWS's SDK on the process's own HTTP client, with the credentials that Lambda puts into the environment.
//!
//! The SDK's own connector would bring a second TLS stack. The SDK retries; the callers limit the time.

pub mod calls;

use super::error::root_of;
use super::http::Client;
use super::quote;
use crate::net::secret::Secret;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use std::error::Error;
use std::time::Duration;

/// The most that one attempt of one call may take. The second has to fit into what a caller waits.
const ATTEMPT: Duration = Duration::from_millis(900);

/// About how long to wait before the second attempt. The SDK's default, a second, is all the time that the ledger has.
const BACK_OFF: Duration = Duration::from_millis(50);

/// AWS's region and our credentials, which Lambda sets for every function.
#[derive(Debug, Clone)]
pub struct Environment {
    /// `AWS_REGION`
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: Secret,
    /// `AWS_SESSION_TOKEN`
    pub session_token: Option<Secret>,
    /// `AWS_ENDPOINT_URL`, for tests.
    pub endpoint_url: Option<String>,
}

/// Makes the clients of a process.
#[derive(Debug, Clone)]
pub struct Aws {
    environment: Environment,
    http: Client,
}

impl Aws {
    pub fn new(environment: Environment, http: Client) -> Self {
        Self { environment, http }
    }

    pub fn dynamodb(&self) -> calls::DynamoDb {
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region())
            .credentials_provider(self.credentials())
            .http_client(self.connector())
            .retry_config(attempts(2))
            .timeout_config(each(ATTEMPT));
        config.set_endpoint_url(self.environment.endpoint_url.clone());
        aws_sdk_dynamodb::Client::from_conf(config.build()).into()
    }

    pub fn ssm(&self) -> calls::Ssm {
        let mut config = aws_sdk_ssm::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region())
            .credentials_provider(self.credentials())
            .http_client(self.connector())
            .retry_config(attempts(4))
            .timeout_config(each(ATTEMPT));
        config.set_endpoint_url(self.environment.endpoint_url.clone());
        aws_sdk_ssm::Client::from_conf(config.build()).into()
    }

    pub fn sqs(&self) -> calls::Sqs {
        let mut config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region())
            .credentials_provider(self.credentials())
            .http_client(self.connector())
            .retry_config(attempts(3))
            .timeout_config(each(ATTEMPT * 2));
        config.set_endpoint_url(self.environment.endpoint_url.clone());
        aws_sdk_sqs::Client::from_conf(config.build()).into()
    }

    fn region(&self) -> Region {
        Region::new(self.environment.region.clone())
    }

    fn credentials(&self) -> SharedCredentialsProvider {
        let Environment { access_key_id, secret_access_key, session_token, .. } = &self.environment;
        let session = session_token.as_ref().map(|token| token.expose().to_owned());
        SharedCredentialsProvider::new(Credentials::new(
            access_key_id,
            secret_access_key.expose(),
            session,
            None,
            "environment",
        ))
    }

    fn connector(&self) -> SharedHttpClient {
        SharedHttpClient::new(Connector(self.http.http.clone()))
    }
}

/// Why a call has failed, for logs and errors: AWS's code, or what is wrong with the connection. Never AWS's own words and
/// never the answer, which may quote the request: the SDK's `DisplayErrorContext` prints both.
pub fn cause<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    match error {
        SdkError::ServiceError(refused) => match refused.err().code() {
            Some(code) => quote::code(code).to_owned(),
            None => illegible(refused.raw()),
        },
        // A parser's error may quote the answer.
        SdkError::ResponseError(broken) => illegible(broken.raw()),
        SdkError::TimeoutError(_) => "no answer in time".into(),
        // Nothing has been read yet, so the root cause is the connection or a setting.
        SdkError::DispatchFailure(_) => format!("no connection: {}", root_of(error)),
        _ => format!("no request could be made: {}", root_of(error)),
    }
}

fn illegible(answer: &HttpResponse) -> String {
    format!("an answer that cannot be read (HTTP {})", answer.status().as_u16())
}

fn attempts(most: u32) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(most).with_initial_backoff(BACK_OFF)
}

fn each(limit: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(limit).build()
}

/// Sends the SDK's requests with our client.
#[derive(Debug, Clone)]
struct Connector(reqwest::Client);

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let http = self.0.clone();
        HttpConnectorFuture::new(async move { exchange(http, request).await })
    }
}

async fn exchange(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let other = |error: String| ConnectorError::other(error.into(), None);
    let request = request.try_into_http1x().map_err(|error| other(error.to_string()))?;
    let (head, body) = request.into_parts();
    let Some(body) = body.bytes().map(<[u8]>::to_vec) else {
        return Err(other("the body is not in memory".into()));
    };
    let url = head.uri.to_string();
    let response = http.request(head.method, url).headers(head.headers).body(body).send().await;
    let failed = |error: reqwest::Error| {
        let kind = if error.is_timeout() { ConnectorError::timeout } else { ConnectorError::io };
        kind(error.without_url().into())
    };
    let response = response.map_err(failed)?;
    let status = StatusCode::try_from(response.status().as_u16()).map_err(|error| other(error.to_string()))?;
    let headers = response.headers().clone();
    let body = response.bytes().await.map_err(failed)?;
    let mut answer = HttpResponse::new(status, SdkBody::from(body.to_vec()));
    for (name, value) in &headers {
        if let Ok(value) = value.to_str() {
            answer.headers_mut().append(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(answer)
}
