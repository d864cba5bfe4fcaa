//! Several threads: the same batches and losses as by one.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use crate::common::{everything, log};
use crate::made;
use trackway_evtx::{Answer, Filter, Message, Reader, Request, Tally};

const HEADER: usize = 4096;
const CHUNK: usize = 1 << 16;

#[test]
fn any_number_of_threads_gives_the_same_batches() {
    let Some(whole) = log("issue_43.evtx") else { return };
    let mut long = whole[..HEADER].to_vec();
    for _ in 0..20 {
        long.extend_from_slice(&whole[HEADER..]);
    }
    for answer in [Answer::Kinds(Filter::default()), Answer::Shapes(vec![everything()])] {
        let one = batches(&long, None, answer.clone(), 1).unwrap();
        assert!(one.0.len() > 3);
        for threads in [2, 3, 7] {
            assert!(one == batches(&long, None, answer.clone(), threads).unwrap());
        }
    }
}

#[test]
fn threads_that_open_a_log_themselves_give_the_same_batches_and_losses() {
    let path = std::env::temp_dir().join(format!("trackway-evtx-{}.evtx", std::process::id()));
    let gaps = |log: &mut Vec<u8>| {
        // chunks that have moved, one without its magic, one of zeros
        log.drain(HEADER + 300 * CHUNK + 600..HEADER + 300 * CHUNK + 2000);
        log[HEADER + 400 * CHUNK - 1400] ^= 1;
        log[HEADER + 500 * CHUNK - 1400..][..CHUNK].fill(0);
    };
    for (chunks, damaged) in [(256, false), (257, false), (800, false), (800, true)] {
        let mut log = [&b"ElfFile\0"[..], &[0; HEADER - 8]].concat();
        log.extend((0..chunks).flat_map(made::numbered));
        if damaged {
            gaps(&mut log);
        }
        std::fs::write(&path, &log).unwrap();
        let all = || Answer::Kinds(Filter::default());
        let one = batches(&log, None, all(), 1).unwrap();
        for threads in 1..4 {
            let several = batches(&log, Some(path.clone()), all(), threads).unwrap();
            assert!(one == several, "{threads} threads, {chunks} chunks: {:?} {:?}", one.1, several.1);
        }
        // of the chunks that were cut, moved and filled with zeros none holds its record any more
        assert_eq!((one.1.lost.len(), one.1.seen), if damaged { (2, chunks - 3) } else { (0, chunks) });
    }
    // a log that became shorter while it was read
    let log = std::fs::read(&path).unwrap();
    std::fs::write(&path, &log[..HEADER + 9 * CHUNK]).unwrap();
    let error = batches(&log, Some(path.clone()), Answer::Kinds(Filter::default()), 2).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{error}");
    std::fs::remove_file(&path).unwrap();
}

type Batches = (Vec<(usize, arrow_array::RecordBatch)>, Tally);

fn batches(log: &[u8], path: Option<PathBuf>, answer: Answer, threads: usize) -> std::io::Result<Batches> {
    let mut request = Request::new(answer);
    request.threads = threads;
    let mut reader = Reader::new(Cursor::new(log), Arc::new(request))?.at(path);
    let (mut found, mut tally) = (Vec::new(), Tally::default());
    while let Some(message) = reader.step()? {
        tally.add(&mut reader.tally());
        if let Message::Rows(rows) = message {
            found.push((rows.shape, rows.batch));
        }
    }
    tally.add(&mut reader.tally());
    Ok((found, tally))
}
