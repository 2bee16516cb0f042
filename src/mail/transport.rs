//! How a composed mail leaves: to a mail server, or into a folder.

use std::path::PathBuf;

use super::dir;
use super::settings::{Delivery, Settings};
use super::smtp::{Patience, Smtp};

/// How a composed mail leaves.
#[derive(Debug)]
pub enum Transport {
    /// To a mail server.
    Smtp(Box<Smtp>),
    /// Into a folder, as `.eml` files with the `.html` beside each.
    Dir(PathBuf),
}

/// Why no transport can be made of the settings.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The system's certificates cannot be read, or the host is no name that one can stand for.
    #[error("TLS: {0}")]
    Tls(String),
    /// The folder cannot be made.
    #[error("{path}: {error}")]
    Dir {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// That a mail was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The server's words, or the file's path; at most 500 characters, one line.
    pub text: String,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// It can: a 4xx reply, a time-out, a broken connection. What happened past the final dot is
    /// unknown, so the same bytes are sent again.
    Temporary,
    /// The server cannot be used: no connection, no TLS, no login, a 421 reply. Nothing was said
    /// of this mail, and no other would fare better.
    Away,
    /// It cannot: a 5xx reply to this sender, recipient or mail.
    Permanent,
}

/// That a mail was not taken, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reply}")]
pub struct SendError {
    /// Whether trying again can help.
    pub class: Class,
    /// The server's words, or what failed; at most 500 characters, one line.
    pub reply: String,
}

impl SendError {
    pub(super) fn temporary(reply: &(impl ToString + ?Sized)) -> Self {
        Self {
            class: Class::Temporary,
            reply: reply.to_string(),
        }
    }

    pub(super) fn away(reply: &(impl ToString + ?Sized)) -> Self {
        Self {
            class: Class::Away,
            reply: reply.to_string(),
        }
    }

    pub(super) fn permanent(reply: &(impl ToString + ?Sized)) -> Self {
        Self {
            class: Class::Permanent,
            reply: reply.to_string(),
        }
    }
}

impl Transport {
    /// The transport that the settings ask for.
    ///
    /// # Errors
    /// When the folder cannot be made or TLS cannot be set up.
    pub fn new(settings: &Settings) -> Result<Self, TransportError> {
        Self::with_patience(settings, Patience::default())
    }

    /// The same with other time limits.
    ///
    /// # Errors
    /// As [`Transport::new`].
    pub fn with_patience(settings: &Settings, patience: Patience) -> Result<Self, TransportError> {
        match &settings.delivery {
            Delivery::Smtp(smtp) => {
                let smtp = Smtp::new(smtp, settings, patience)?;
                Ok(Self::Smtp(Box::new(smtp)))
            }
            Delivery::Dir(path) => match std::fs::create_dir_all(path) {
                Ok(()) => Ok(Self::Dir(path.clone())),
                Err(error) => Err(TransportError::Dir {
                    path: path.clone(),
                    error,
                }),
            },
        }
    }

    /// Sends one mail to one recipient, `a@b.vn` or `Name <a@b.vn>`. `Ok` means that the server
    /// has taken it (a 2xx reply after the final dot), or that the file is on disk.
    ///
    /// # Errors
    /// When the mail was not taken, or when that is not known.
    pub async fn send(
        &self,
        envelope_to: &str,
        message_id: &str,
        raw: &[u8],
    ) -> Result<Reply, SendError> {
        match self {
            // Boxed: a TLS handshake makes it a future of 20 KB.
            Self::Smtp(smtp) => Box::pin(smtp.send(envelope_to, raw)).await,
            Self::Dir(path) => dir::write(path, message_id, raw).await,
        }
    }
}
