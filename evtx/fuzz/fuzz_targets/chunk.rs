//! A file that is chunks alone: every kind of event, whole records and XML, with slack.

#![no_main]

#[allow(dead_code)]
#[path = "../../tests/reader/hostile.rs"]
mod hostile;

libfuzzer_sys::fuzz_target!(|data: &[u8]| hostile::read_chunk(data));
