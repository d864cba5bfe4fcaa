//! What `System` says of a record, and where.

/// What `System` says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    ProviderName,
    ProviderGuid,
    EventSourceName,
    EventId,
    Qualifiers,
    Version,
    Level,
    Task,
    Opcode,
    Keywords,
    Time,
    RecordId,
    ActivityId,
    RelatedActivityId,
    ProcessId,
    ThreadId,
    ProcessorId,
    SessionId,
    KernelTime,
    UserTime,
    ProcessorTime,
    Channel,
    Computer,
    UserId,
}

/// How many things `System` can say.
pub const SYSTEM: usize = 24;

/// Element of `System`, attribute (empty: its content), and what that is.
pub const PLACES: [(&str, &str, System); SYSTEM] = [
    ("Provider", "Name", System::ProviderName),
    ("Provider", "Guid", System::ProviderGuid),
    ("Provider", "EventSourceName", System::EventSourceName),
    ("EventID", "", System::EventId),
    ("EventID", "Qualifiers", System::Qualifiers),
    ("Version", "", System::Version),
    ("Level", "", System::Level),
    ("Task", "", System::Task),
    ("Opcode", "", System::Opcode),
    ("Keywords", "", System::Keywords),
    ("TimeCreated", "SystemTime", System::Time),
    ("EventRecordID", "", System::RecordId),
    ("Correlation", "ActivityID", System::ActivityId),
    ("Correlation", "RelatedActivityID", System::RelatedActivityId),
    ("Execution", "ProcessID", System::ProcessId),
    ("Execution", "ThreadID", System::ThreadId),
    ("Execution", "ProcessorID", System::ProcessorId),
    ("Execution", "SessionID", System::SessionId),
    ("Execution", "KernelTime", System::KernelTime),
    ("Execution", "UserTime", System::UserTime),
    ("Execution", "ProcessorTime", System::ProcessorTime),
    ("Channel", "", System::Channel),
    ("Computer", "", System::Computer),
    ("Security", "UserID", System::UserId),
];
