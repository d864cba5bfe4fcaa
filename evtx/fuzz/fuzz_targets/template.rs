//! The content of one record, in a chunk that is otherwise as it should be.

#![no_main]

#[allow(dead_code)]
#[path = "../../tests/reader/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hostile::read_content(data));
