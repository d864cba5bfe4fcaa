//! Values of BinXML: where they stand, of which type they are, and how they are written.
//!
//! Types after [MS-EVEN6] 2.2.12 and 2.2.13; widths and spellings after what the files hold.

use crate::bytes::u64_at;
use crate::text::{self, CodePage};

pub const NULL: u8 = 0x00;
pub const STRING: u8 = 0x01;
pub const ANSI: u8 = 0x02;
pub const INT8: u8 = 0x03;
pub const UINT8: u8 = 0x04;
pub const INT16: u8 = 0x05;
pub const UINT16: u8 = 0x06;
pub const INT32: u8 = 0x07;
pub const UINT32: u8 = 0x08;
pub const INT64: u8 = 0x09;
pub const UINT64: u8 = 0x0a;
pub const REAL32: u8 = 0x0b;
pub const REAL64: u8 = 0x0c;
pub const BOOL: u8 = 0x0d;
pub const BINARY: u8 = 0x0e;
pub const GUID: u8 = 0x0f;
pub const SIZE: u8 = 0x10;
pub const FILETIME: u8 = 0x11;
pub const SYSTEMTIME: u8 = 0x12;
pub const SID: u8 = 0x13;
pub const HEX32: u8 = 0x14;
pub const HEX64: u8 = 0x15;
pub const BINXML: u8 = 0x21;
/// Added to a type: an array of it.
pub const ARRAY: u8 = 0x80;

/// A value of a record: where in the chunk its bytes stand, how many they are, and their type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    pub start: u32,
    /// Length in the lower 16 bits, type in the 8 above, as an instance of a template has them.
    pub form: u32,
}

impl Slot {
    /// A value of a type.
    #[inline(always)]
    pub fn new(start: u32, len: u16, kind: u8) -> Self {
        Self { start, form: u32::from(kind) << 16 | u32::from(len) }
    }

    /// The type.
    #[inline(always)]
    pub fn kind(self) -> u8 {
        (self.form >> 16) as u8
    }

    /// How many bytes.
    #[inline(always)]
    pub fn length(self) -> usize {
        (self.form & 0xffff) as usize
    }

    /// The bytes of the value.
    #[inline(always)]
    pub fn bytes(self, chunk: &[u8]) -> &[u8] {
        let start = self.start as usize;
        chunk.get(start..start + self.length()).unwrap_or_default()
    }

    /// True for several values of one type.
    #[inline(always)]
    pub fn is_array(self) -> bool {
        self.kind() & ARRAY != 0
    }
}

/// How values are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spelling {
    /// The code page of ANSI strings.
    pub code_page: CodePage,
    /// Digits behind the second: seven is what a FILETIME holds.
    pub time_digits: u32,
}

impl Default for Spelling {
    fn default() -> Self {
        Self { code_page: CodePage::default(), time_digits: 7 }
    }
}

/// Bytes of one value of a type, where all values of it have as many.
pub fn width(kind: u8) -> Option<usize> {
    match kind {
        INT8 | UINT8 => Some(1),
        INT16 | UINT16 => Some(2),
        INT32 | UINT32 | REAL32 | BOOL | HEX32 => Some(4),
        INT64 | UINT64 | REAL64 | FILETIME | HEX64 => Some(8),
        GUID | SYSTEMTIME => Some(16),
        _ => None,
    }
}

/// Append a single value as text. Bytes that are no value of their type are written as they are, in
/// hexadecimal, so that nothing disappears.
#[inline]
pub fn push(out: &mut Vec<u8>, kind: u8, bytes: &[u8], spelling: Spelling) {
    if !push_whole(out, kind, bytes, spelling) {
        text::push_bytes(out, bytes);
    }
}

fn push_whole(out: &mut Vec<u8>, kind: u8, bytes: &[u8], spelling: Spelling) -> bool {
    match kind {
        STRING => text::push_utf16(out, bytes),
        ANSI => spelling.code_page.push(out, bytes),
        NULL => {}
        _ if bytes.is_empty() => {}
        INT8 | INT16 | INT32 | INT64 => {
            let Some(number) = text::signed(bytes) else { return false };
            text::push_i64(out, number);
        }
        UINT8 | UINT16 | UINT32 | UINT64 => {
            let Some(number) = text::unsigned(bytes) else { return false };
            text::push_u64(out, number);
        }
        HEX32 | HEX64 | SIZE => {
            let Some(number) = text::unsigned(bytes) else { return false };
            text::push_hex(out, number);
        }
        REAL32 | REAL64 => return push_real(out, bytes),
        BOOL => return push_bool(out, bytes),
        GUID => {
            let Ok(guid) = bytes.try_into() else { return false };
            text::push_guid(out, guid);
        }
        FILETIME => {
            let Some(filetime) = u64_at(bytes, 0) else { return false };
            text::push_filetime(out, filetime, spelling.time_digits);
        }
        SYSTEMTIME => return text::push_systemtime(out, bytes, spelling.time_digits),
        SID => return text::push_sid(out, bytes),
        _ => return false,
    }
    true
}

fn push_real(out: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let written = match bytes.len() {
        4 => text::unsigned(bytes).map(|bits| format!("{:?}", f32::from_bits(bits as u32))),
        8 => text::unsigned(bytes).map(|bits| format!("{:?}", f64::from_bits(bits))),
        _ => None,
    };
    out.extend_from_slice(written.as_deref().unwrap_or_default().as_bytes());
    written.is_some()
}

/// Booleans other than 0 and 1 occur and are written as the number they are.
fn push_bool(out: &mut Vec<u8>, bytes: &[u8]) -> bool {
    match text::signed(bytes) {
        Some(0) => out.extend_from_slice(b"false"),
        Some(1) => out.extend_from_slice(b"true"),
        Some(number) => text::push_i64(out, number),
        None => return false,
    }
    true
}

/// The values of an array, each with the type of its elements.
pub fn items(slot: Slot, chunk: &[u8]) -> Vec<Slot> {
    let kind = slot.kind() & !ARRAY;
    let bytes = slot.bytes(chunk);
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = item_length(kind, &bytes[at..]);
        found.push(Slot::new(slot.start + at as u32, length as u16, kind));
        at += length + terminator(kind);
    }
    found
}

fn item_length(kind: u8, bytes: &[u8]) -> usize {
    let length = match kind {
        STRING => text::until_nul(bytes).len(),
        ANSI => bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()),
        SID => 8 + usize::from(bytes.get(1).copied().unwrap_or_default()) * 4,
        // MS-EVEN6 knows no array of binaries or of numbers of pointer size; pointers have 8 bytes today
        SIZE => 8,
        _ => width(kind).unwrap_or(bytes.len()),
    };
    length.clamp(usize::from(terminator(kind) == 0), bytes.len())
}

fn terminator(kind: u8) -> usize {
    match kind {
        STRING => 2,
        ANSI => 1,
        _ => 0,
    }
}
