//! Logs that are not as they should be: nothing panics, nothing hangs, and what is whole is given.

use std::io::Cursor;
use std::sync::Arc;

use crate::common::{Chance, everything, log, logs, read, rows};
use trackway_evtx::{Answer, Filter, Message, Reader, Request, Tally};

const HEADER: usize = 4096;
const CHUNK: usize = 1 << 16;

/// Numbers of the records of a log in memory, and what became of the rest.
fn numbers(log: Vec<u8>, threads: usize) -> (Vec<u64>, Tally) {
    let mut request = Request::new(Answer::Shapes(vec![everything()]));
    request.threads = threads;
    let mut reader = Reader::new(Cursor::new(log), Arc::new(request)).unwrap();
    let (mut found, mut tally) = (Vec::new(), Tally::default());
    while let Some(message) = reader.step().unwrap() {
        tally.add(&mut reader.tally());
        if let Message::Rows(rows) = message {
            found.extend(crate::common::rows_of(&rows.batch).into_iter().map(|row| row.number));
        }
    }
    tally.add(&mut reader.tally());
    (found, tally)
}

#[test]
fn a_log_that_is_cut_anywhere_gives_the_records_before_the_cut() {
    let Some(whole) = log("issue_43.evtx") else { return };
    let (all, _) = numbers(whole.clone(), 1);
    for cut in [
        0,
        1,
        127,
        4095,
        4096,
        4200,
        HEADER + 512,
        HEADER + 700,
        HEADER + CHUNK - 1,
        HEADER + CHUNK,
        HEADER + CHUNK + 30_000,
    ] {
        let (found, _) = numbers(whole[..cut].to_vec(), 1);
        assert_eq!(found, all[..found.len()], "cut at {cut}");
    }
}

#[test]
fn a_log_that_ends_where_a_chunk_might_begin_ends() {
    for end in 1..8 {
        let (found, tally) =
            numbers([&[0; HEADER], &b"ElfChnk\0"[..8], &[0; CHUNK - 8], &b"ElfChnk\0"[..end]].concat(), 1);
        assert_eq!((found, tally.lost.len()), (vec![], 1), "{:?}", tally.lost);
    }
}

#[test]
fn chunks_behind_a_piece_that_was_cut_out_are_found() {
    let Some(whole) = log("issue_43.evtx") else { return };
    let (all, _) = numbers(whole.clone(), 1);
    let mut shifted = whole.clone();
    shifted.drain(HEADER + CHUNK + 20_000..HEADER + CHUNK + 33_333);
    let (found, tally) = numbers(shifted, 1);
    let missing: Vec<u64> = all.iter().filter(|number| !found.contains(number)).copied().collect();
    assert!(missing.len() < 60, "only records of one chunk may be missing: {missing:?}");
    assert!(
        missing.iter().all(|number| tally.lost.iter().any(|loss| {
            loss.first.is_some_and(|first| first <= *number) && loss.last.is_some_and(|last| last >= *number)
        })),
        "each lost record stands in a range: {missing:?} {:?}",
        tally.lost
    );
}

#[test]
fn a_chunk_with_a_wrong_checksum_is_read_and_flagged() {
    let Some(mut log) = log("issue_43.evtx") else { return };
    let (all, _) = numbers(log.clone(), 1);
    log[HEADER + 52] ^= 1;
    let (found, tally) = numbers(log, 1);
    assert_eq!(found, all);
    assert!(tally.bad_checksum > 0 && tally.bad_checksum < 200 && tally.lost.is_empty());
}

#[test]
fn a_record_behind_the_header_of_its_chunk_is_dirty_where_it_continues() {
    let Some(mut log) = log("issue_43.evtx") else { return };
    let (all, _) = numbers(log.clone(), 1);
    // the header of the first chunk as it was before its last record was written
    let chunk = &mut log[HEADER..HEADER + CHUNK];
    let last_offset = u32::from_le_bytes(chunk[44..48].try_into().unwrap()) as usize;
    let last = u64::from_le_bytes(chunk[32..40].try_into().unwrap());
    chunk[48..52].copy_from_slice(&(last_offset as u32).to_le_bytes());
    chunk[32..40].copy_from_slice(&(last - 1).to_le_bytes());
    let records = crc32fast::hash(&chunk[512..last_offset]);
    chunk[52..56].copy_from_slice(&records.to_le_bytes());
    let head = crc32fast::hash(&[&chunk[..120], &chunk[128..512]].concat());
    chunk[124..128].copy_from_slice(&head.to_le_bytes());
    let (found, tally) = numbers(log, 1);
    assert_eq!((found, tally.dirty, tally.bad_checksum), (all, 1, 0));
}

#[test]
fn slack_from_before_a_log_wrapped_is_given_only_on_request() {
    let name = "2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx";
    let Some(path) = logs().into_iter().find(|path| path.ends_with(name)) else { return };
    let mut request = Request::new(Answer::Kinds(Filter::default()));
    let (_, without) = read(&path, request.clone());
    request.recovered = true;
    let (_, with) = read(&path, request);
    assert_eq!(without.recovered, 0);
    assert!(with.recovered > 100);
    assert_eq!(with.seen - with.recovered, without.seen);
}

#[test]
fn a_template_that_refers_to_itself_ends_at_a_limit() {
    // record: fragment, instance whose definition holds an instance of itself
    let mut chunk = vec![0; CHUNK];
    chunk[..8].copy_from_slice(b"ElfChnk\0");
    chunk[48..52].copy_from_slice(&60_000_u32.to_le_bytes());
    let record = 512;
    let mut content = vec![0x0f, 1, 1, 0];
    let definition = (record + 24 + 4 + 10) as u32;
    let instance = |out: &mut Vec<u8>| {
        out.extend_from_slice(&[0x0c, 1, 0, 0, 0, 0]);
        out.extend_from_slice(&definition.to_le_bytes());
    };
    instance(&mut content);
    content.extend_from_slice(&[0; 20]);
    let mut body = vec![0x0f, 1, 1, 0];
    for _ in 0..3 {
        instance(&mut body);
        body.extend_from_slice(&[0; 4]);
    }
    body.push(0);
    content.extend_from_slice(&(body.len() as u32).to_le_bytes());
    content.extend_from_slice(&body);
    content.extend_from_slice(&[0; 5]);
    let size = (24 + content.len() + 4) as u32;
    chunk[record..record + 4].copy_from_slice(&[0x2a, 0x2a, 0, 0]);
    chunk[record + 4..record + 8].copy_from_slice(&size.to_le_bytes());
    chunk[record + 8] = 1;
    chunk[record + 24..record + 24 + content.len()].copy_from_slice(&content);
    chunk[record + size as usize - 4..record + size as usize].copy_from_slice(&size.to_le_bytes());
    let (found, tally) = numbers(chunk, 1);
    assert!(found.is_empty());
    assert!(tally.lost[0].reason.contains("limit reached"), "{:?}", tally.lost);
}

#[test]
fn every_record_of_a_sound_log_is_there_once() {
    for path in logs().into_iter().filter(|path| path.ends_with("security.evtx") || path.ends_with("issue_43.evtx")) {
        let mut found: Vec<u64> = rows(&path).into_iter().map(|row| row.number).collect();
        let count = found.len();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), count);
    }
}

#[test]
fn a_log_whose_beginning_is_cut_off_gives_or_tells_every_record_that_is_left_whole() {
    let Some(mut whole) = log("issue_43.evtx") else { return };
    whole.truncate(HEADER + 3 * CHUNK);
    let (all, places) = records_at(&whole);
    let edge = |chunk: usize| HEADER + chunk * CHUNK;
    let mut cuts = vec![1, 2, 100, 4095, 4096, 4097, 4103, 4104, 4200, edge(0) + 511, edge(0) + 512, edge(0) + 513];
    cuts.extend([1, 2, 7, 8].map(|step| edge(1) - step));
    cuts.extend([0, 1, 7, 8, 600, 30_000].map(|step| edge(1) + step));
    let mut chance = Chance(0x1234_5678_9abc_def1);
    cuts.extend((0..4).map(|_| chance.below(edge(2))));
    for cut in cuts {
        let wanted: Vec<u64> =
            all.iter().zip(&places).filter(|(_, place)| **place >= cut).map(|(number, _)| *number).collect();
        for threads in 1..=if cut % 2 == 0 { 1 } else { 2 } {
            let (found, tally) = numbers(whole[cut..].to_vec(), threads);
            // the template of some stood in front of the cut, and in no other chunk: they are told one by one
            let told: Vec<u64> =
                tally.lost.iter().filter(|loss| loss.first == loss.last).filter_map(|loss| loss.first).collect();
            let mut all_of_them = [&found[..], &told].concat();
            all_of_them.sort_unstable();
            assert_eq!(all_of_them, wanted, "cut at {cut}");
            assert!(told.len() <= if cut > edge(1) { 8 } else { 0 }, "cut at {cut}");
            let front = places.iter().filter(|place| **place >= cut && **place < next_edge(cut)).count();
            assert_eq!(tally.recovered, (front - told.len()) as u64, "cut at {cut}");
            let lost = tally.lost.first().filter(|loss| loss.reason == "the beginning of the log is cut off");
            assert_eq!(
                lost.map(|loss| (loss.last, loss.offset)),
                wanted.first().filter(|_| front > 0).map(|first| (Some(first - 1), 0))
            );
        }
    }
}

#[test]
fn a_log_with_many_losses_is_read_to_its_end_also_where_nobody_takes_them() {
    let mut chunk = vec![0; 512];
    chunk[..8].copy_from_slice(b"ElfChnk\0");
    chunk[48..52].copy_from_slice(&(CHUNK as u32).to_le_bytes());
    while chunk.len() + 28 <= CHUNK {
        // the frame of a record without anything in it
        chunk.extend([0x2a, 0x2a, 0, 0, 28, 0, 0, 0]);
        chunk.extend((chunk.len() as u64).to_le_bytes());
        chunk.extend([0, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0]);
    }
    chunk.resize(CHUNK, 0);
    let request = Request::new(Answer::Shapes(vec![everything()]));
    let mut reader = Reader::new(Cursor::new(chunk.repeat(6)), Arc::new(request)).unwrap();
    let steps = std::iter::from_fn(|| reader.step().unwrap()).take(100).count();
    assert!(reader.tally().lost.len() > 12_000);
    assert!(steps < 100);
}

/// Where the chunk ends in which a cut is.
fn next_edge(cut: usize) -> usize {
    if cut < HEADER { HEADER } else { HEADER + (cut - HEADER).div_ceil(CHUNK) * CHUNK }
}

/// Numbers of the records of a log, and where they start.
fn records_at(log: &[u8]) -> (Vec<u64>, Vec<usize>) {
    let (all, _) = numbers(log.to_vec(), 1);
    let starts: Vec<usize> =
        (HEADER..log.len()).filter(|place| log[*place..].starts_with(&[0x2a, 0x2a, 0, 0])).collect();
    let places = all.iter().map(|number| {
        let number = number.to_le_bytes();
        *starts.iter().find(|place| log[**place + 8..].starts_with(&number)).expect("a record stands somewhere")
    });
    let places = places.collect();
    (all, places)
}
