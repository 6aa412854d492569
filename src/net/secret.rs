//! Secrets, and comparing them.

use ring::hmac;
use std::fmt;

/// A token, key or signing secret. It cannot be printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the one call that needs it: never for a log, an error or a URL that is shown.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a guess is right. Takes the same time for every wrong guess of one length.
    pub fn is(&self, guess: &str) -> bool {
        let digest = |text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()), b"token");
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes()), b"token", digest(guess).as_ref()).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_compared_and_not_printed() {
        let secret = Secret::new("s3cret");
        assert!(secret.is("s3cret"));
        for guess in ["", "s3cre", "s3crets", "S3CRET"] {
            assert!(!secret.is(guess), "{guess}");
        }
        assert_eq!(format!("{secret:?}"), "[secret]");
    }
}
