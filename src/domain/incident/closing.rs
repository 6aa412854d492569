//! Why an alert is over.

/// Why an alert is over, if its own condition is not the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// Somebody closed it.
    ByHand,
    MonitorDeleted,
    HostRetired,
    ServiceDeleted,
    /// The detection of anomalies was trained again.
    Retrained,
    /// The external monitor belongs to another service now.
    ServiceChanged,
    /// There were no data for a while, and those that came then were good.
    DataAreBack,
}
