//! Forms that BinXML allows and few logs have: each comes out as the standard says.

use std::io::Cursor;
use std::sync::Arc;

use crate::common::{Row, everything, rows_of};
use crate::made::{self, Writer, chunk, units};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use trackway_evtx::text::CodePage;
use trackway_evtx::value::{self, Spelling};
use trackway_evtx::{Answer, Filter, Message, Reader, Request, Tally};

fn batches(chunk: Vec<u8>, request: Request) -> (Vec<RecordBatch>, Tally) {
    let mut reader = Reader::new(Cursor::new(chunk), Arc::new(request)).unwrap();
    let (mut found, mut tally) = (Vec::new(), Tally::default());
    while let Some(message) = reader.step().unwrap() {
        if let Message::Rows(rows) = message {
            found.push(rows.batch);
        }
        tally.add(&mut reader.tally());
    }
    tally.add(&mut reader.tally());
    (found, tally)
}

/// The one record of a chunk, with everything as text.
fn only(writer: &Writer, code_page: CodePage) -> Row {
    let spelling = Spelling { code_page, ..Spelling::default() };
    let request = Request { spelling, ..Request::new(Answer::Shapes(vec![everything()])) };
    let (found, tally) = batches(chunk(writer), request);
    assert_eq!(tally.lost, []);
    let mut rows: Vec<Row> = found.iter().flat_map(rows_of).collect();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn field(row: &Row) -> Vec<&str> {
    row.fields.iter().map(|(_, value)| value.as_deref().unwrap_or("NULL")).collect()
}

/// An instance with one hole for a value, optional or not.
fn hole(kind: u8, bytes: Vec<u8>, optional: bool) -> Writer {
    let mut writer = Writer::new();
    let data = |data: &mut Writer| {
        data.element("Data", "A", |inside| {
            inside.bytes(&[if optional { 0x0e } else { 0x0d }, 0, 0, kind]);
        });
    };
    writer.instance(data, &[(kind, bytes)]);
    writer
}

fn number(number: u64, width: usize) -> Vec<u8> {
    number.to_le_bytes()[..width].to_vec()
}

const FILETIME: u64 = 132_824_566_591_234_567;

/// A type, two values of it as they stand in an array, and their spelling.
fn arrays() -> Vec<(u8, Vec<u8>, [&'static str; 2])> {
    let sid = |last: u8| [&[1, 1, 0, 0, 0, 0, 0, 5][..], &[last, 0, 0, 0][..]].concat();
    let guid: Vec<u8> = (0..32).collect();
    let systemtime = [number(2021, 2), number(11, 2), number(6, 2), number(27, 2), vec![0; 8]].concat();
    vec![
        (value::STRING, units("one\0two\0"), ["one", "two"]),
        (value::ANSI, b"one\0two\0".to_vec(), ["one", "two"]),
        (value::INT8, vec![0xff, 1], ["-1", "1"]),
        (value::UINT8, vec![0xff, 1], ["255", "1"]),
        (value::INT16, [number(0xfffe, 2), number(2, 2)].concat(), ["-2", "2"]),
        (value::UINT16, [number(0xfffe, 2), number(2, 2)].concat(), ["65534", "2"]),
        (value::INT32, [number(0xffff_fffd, 4), number(3, 4)].concat(), ["-3", "3"]),
        (value::UINT32, [number(0xffff_fffd, 4), number(3, 4)].concat(), ["4294967293", "3"]),
        (value::INT64, [number(u64::MAX, 8), number(4, 8)].concat(), ["-1", "4"]),
        (value::UINT64, [number(u64::MAX, 8), number(4, 8)].concat(), ["18446744073709551615", "4"]),
        (value::REAL32, [1.5_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()].concat(), ["1.5", "-2.0"]),
        (value::REAL64, [1.5_f64.to_le_bytes(), (-2.0_f64).to_le_bytes()].concat(), ["1.5", "-2.0"]),
        (value::BOOL, [number(1, 4), number(0, 4)].concat(), ["true", "false"]),
        (value::GUID, guid, ["{03020100-0504-0706-0809-0A0B0C0D0E0F}", "{13121110-1514-1716-1819-1A1B1C1D1E1F}"]),
        (value::SIZE, [number(0x1f4, 8), number(0, 8)].concat(), ["0x1f4", "0x0"]),
        (
            value::FILETIME,
            [number(FILETIME, 8), number(0, 8)].concat(),
            ["2021-11-27T03:17:39.1234567Z", "1601-01-01T00:00:00.0000000Z"],
        ),
        (
            value::SYSTEMTIME,
            [systemtime.clone(), systemtime].concat(),
            ["2021-11-27T00:00:00.0000000Z", "2021-11-27T00:00:00.0000000Z"],
        ),
        (value::SID, [sid(18), sid(19)].concat(), ["S-1-5-18", "S-1-5-19"]),
        (value::HEX32, [number(0xabc, 4), number(0, 4)].concat(), ["0xabc", "0x0"]),
        (value::HEX64, [number(u64::MAX, 8), number(1, 8)].concat(), ["0xffffffffffffffff", "0x1"]),
    ]
}

#[test]
fn an_array_of_every_type_repeats_its_element() {
    for (kind, bytes, expected) in arrays() {
        let row = only(&hole(kind | value::ARRAY, bytes, false), CodePage::default());
        assert_eq!(field(&row), expected, "type {kind:#x}");
        let [one, two] = expected.map(|text| format!("<Data Name='A'>{text}</Data>"));
        assert!(row.xml.contains(&format!("{one}{two}")), "{}", row.xml);
    }
}

#[test]
fn an_array_in_a_column_is_a_list_as_json() {
    for (kind, bytes, [one, two]) in arrays() {
        let request = Request::new(Answer::Kinds(Filter::default()));
        let (found, _) = batches(chunk(&hole(kind | value::ARRAY, bytes, false)), request);
        let plain = matches!(kind, value::INT8..=value::BOOL);
        let expected = if plain { format!("[{one},{two}]") } else { format!("[\"{one}\",\"{two}\"]") };
        let column = found[0].column_by_name("A").unwrap().as_string::<i32>();
        assert_eq!(column.value(0), expected, "type {kind:#x}");
    }
}

#[test]
fn a_single_value_is_spelled_like_one_in_an_array() {
    for (kind, bytes, [expected, _]) in arrays() {
        let length = match kind {
            value::STRING => 6,
            value::ANSI => 3,
            _ => bytes.len() / 2,
        };
        let row = only(&hole(kind, bytes[..length].to_vec(), false), CodePage::default());
        assert_eq!(field(&row), [expected], "type {kind:#x}");
    }
}

#[test]
fn a_value_of_the_wrong_length_is_written_in_hexadecimal() {
    for kind in [value::UINT32, value::GUID, value::FILETIME, value::SID, value::REAL64, value::BOOL] {
        let row = only(&hole(kind, vec![0xab, 0xcd, 0xef], false), CodePage::default());
        assert_eq!(field(&row), ["ABCDEF"], "type {kind:#x}");
    }
}

#[test]
fn an_ansi_text_is_read_in_the_code_page_that_is_asked_for() {
    for (page, expected) in [
        (CodePage::Windows1252, "\u{e9}\u{20ac}"),
        (CodePage::Windows1250, "\u{e9}\u{20ac}"),
        (CodePage::Windows1251, "\u{439}\u{402}"),
        (CodePage::Latin1, "\u{e9}\u{80}"),
        (CodePage::Utf8, "\u{fffd}"),
    ] {
        let row = only(&hole(value::ANSI, vec![0xe9, 0x80, 0, 0x41], false), page);
        assert_eq!(field(&row), [expected], "{page:?}");
    }
}

#[test]
fn an_optional_value_that_is_null_takes_its_element_away_and_another_leaves_it() {
    let optional = only(&hole(value::NULL, Vec::new(), true), CodePage::default());
    let normal = only(&hole(value::NULL, Vec::new(), false), CodePage::default());
    assert!(!optional.xml.contains("<Data"), "{}", optional.xml);
    assert!(normal.xml.contains("<Data Name='A'></Data>"), "{}", normal.xml);
}

#[test]
fn sections_instructions_and_references_are_text_of_their_element() {
    let mut writer = Writer::new();
    writer.event(|data| {
        data.element("Data", "A", |inside| {
            inside.text("a<");
            inside.out.push(0x07);
            inside.counted("b]]>&");
            inside.bytes(&[0x08, 0x26, 0]);
            for entity in ["lt", "other"] {
                inside.out.push(0x09);
                inside.name(entity);
            }
            inside.out.push(0x0a);
            inside.name("target");
            inside.out.push(0x0b);
            inside.counted("data?>");
        });
    });
    let row = only(&writer, CodePage::default());
    assert_eq!(field(&row), ["a<b]]>&&<&other;"]);
    let expected = "a&lt;<![CDATA[b]]]]><![CDATA[>&]]>&amp;&lt;&amp;other;<?target data? >?>";
    assert!(row.xml.contains(expected), "{}", row.xml);
}

#[test]
fn a_value_that_is_no_text_may_stand_in_the_fragment_itself() {
    let mut writer = Writer::new();
    writer.event(|data| {
        data.element("Data", "A", |inside| inside.bytes(&[0x05, value::UINT32, 7, 0, 0, 0]));
        data.element("Data", "B", |inside| inside.bytes(&[0x05, value::BINARY, 2, 0, 0xab, 0xcd]));
    });
    assert_eq!(field(&only(&writer, CodePage::default())), ["7", "ABCD"]);
}

#[test]
fn a_record_whose_definition_was_overwritten_by_another_is_a_loss() {
    let mut log = chunk(&hole(value::UINT32, vec![7, 0, 0, 0], false));
    // the record says that its template is 1, the definition that it is 0
    log[made::CONTENT + 6] = 1;
    let (found, tally) = batches(log, Request::new(Answer::Kinds(Filter::default())));
    assert_eq!((found.len(), tally.lost.len(), tally.lost[0].first), (0, 1, Some(1)));
    assert!(tally.lost[0].reason.contains("no template"), "{:?}", tally.lost);
}

/// A template in which one value of 10,000 units goes into 600 fields.
fn swollen() -> Vec<u8> {
    let mut writer = Writer::new();
    let data = |data: &mut Writer| {
        for field in 0..600 {
            data.element("Data", &field.to_string(), |inside| inside.bytes(&[0x0d, 0, 0, value::STRING]));
        }
    };
    writer.instance(data, &[(value::STRING, units(&"x".repeat(10_000)))]);
    chunk(&writer)
}

#[test]
fn a_chunk_that_stands_for_more_than_its_limit_is_a_loss_that_says_so() {
    let whole = Request::new(Answer::Shapes(vec![everything()]));
    for request in [Request::new(Answer::Kinds(Filter::default())), whole] {
        let (found, tally) = batches(swollen(), request);
        let bytes: usize = found.iter().map(|batch| batch.get_array_memory_size()).sum();
        assert!(bytes < 64 << 20);
        assert_eq!(found.iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
        assert!(tally.lost[0].reason.contains("limit reached"), "{:?}", tally.lost);
    }
}
