//! UTF-16 and code pages to UTF-8; numbers, GUIDs, SIDs and times as text.

mod code_page;
mod identifier;
mod number;
mod time;
mod utf16;

pub use self::code_page::CodePage;
pub use self::identifier::{GUID, guid, parse_guid, push_guid, push_sid};
pub use self::number::{parse_number, push_bytes, push_hex, push_i64, push_u64, signed, unsigned};
pub use self::time::{parse_time, push_filetime, push_systemtime, systemtime_filetime};
pub use self::utf16::{narrow, push_utf16, until_nul, utf16, without_nul};
