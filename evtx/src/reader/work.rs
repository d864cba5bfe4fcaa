//! Work on a piece of the file, by whichever thread; a panic in it becomes an error.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::LOSSES;
use crate::chunk::{Head, SIZE, next_frame};
use crate::decode::{Decoder, Loss, Rows, Tally};
use crate::request::Request;
use crate::walk::{Piece, What};

/// Results that wait until those before them are taken; what a job of sound chunks gives is fewer.
const RESULTS: usize = 32;

/// What a worker sends.
pub enum Sent {
    Rows(Vec<Rows>),
    Tally(Tally),
    /// The job has ended; what it was given comes back.
    End(Tally, Vec<Held>),
    Failed(String),
}

/// A piece of the file, and what it holds.
pub struct Held {
    pub piece: Piece,
    pub chunk: Box<[u8]>,
}

/// A thread that decodes jobs.
pub struct Worker {
    pub jobs: Option<SyncSender<Vec<Held>>>,
    pub results: Receiver<Sent>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        // a worker that waits for room ends when nobody takes its results
        let (_, closed) = sync_channel(1);
        drop(std::mem::replace(&mut self.results, closed));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Worker {
    /// Start a thread that has nothing to do yet.
    pub fn start(request: Arc<Request>) -> Self {
        let (jobs, given) = sync_channel::<Vec<Held>>(1);
        let (found, results) = sync_channel(RESULTS);
        let thread = std::thread::spawn(move || {
            let mut decoder = Decoder::new(request);
            for job in given {
                let done = guarded(|| work(&mut decoder, job, &found));
                let failed = match done {
                    Ok(Ok(())) => continue,
                    Ok(Err(reason)) => reason,
                    Err(error) => error.to_string(),
                };
                let _ = found.send(Sent::Failed(failed));
                return;
            }
        });
        Self { jobs: Some(jobs), results, thread: Some(thread) }
    }
}

/// Decode a job and send what comes of it; an error is a word about a defect, or that nobody listens.
fn work(decoder: &mut Decoder, job: Vec<Held>, found: &SyncSender<Sent>) -> Result<(), String> {
    let send = |sent: Sent| found.send(sent).map_err(|_| "nobody listens".to_owned());
    for held in &job {
        decode(decoder, &held.piece, &held.chunk);
        if decoder.is_full() {
            send(Sent::Rows(decoder.take().map_err(|error| error.to_string())?))?;
        }
        if decoder.tally.lost.len() >= LOSSES {
            send(Sent::Tally(std::mem::take(&mut decoder.tally)))?;
        }
    }
    send(Sent::Rows(decoder.take().map_err(|error| error.to_string())?))?;
    decoder.end_job();
    send(Sent::End(std::mem::take(&mut decoder.tally), job))
}

/// Decode a piece of the file.
pub fn decode(decoder: &mut Decoder, piece: &Piece, chunk: &[u8]) {
    let mut head = Head::of(chunk);
    if piece.length < SIZE {
        head.sound = false;
        head.free = head.free.min(piece.length as u32);
    }
    if piece.what == What::Gap && next_frame(chunk, 512, SIZE).is_none() {
        let mut reason = "no chunk where one should start";
        if piece.length < SIZE && piece.number > 0 {
            reason = "something that is no chunk";
        }
        decoder.tally.lost.push(loss(piece, piece.offset, reason));
        return;
    }
    decoder.chunk(chunk, head, piece.number, piece.offset);
    if piece.what == What::Chunk && piece.length < SIZE {
        let end = piece.offset + piece.length as u64;
        decoder.tally.lost.push(loss(piece, end, "the chunk is cut off"));
    }
}

fn loss(piece: &Piece, offset: u64, reason: &str) -> Loss {
    Loss { first: None, last: None, chunk: piece.number, offset, reason: reason.to_owned() }
}

/// Run a step of the decoder; a panic in it becomes an error, and never crosses into another language.
pub fn guarded<T>(step: impl FnOnce() -> T) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|panic| {
        let words = panic.downcast_ref::<&str>().map(ToString::to_string);
        defect(&words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
    })
}

/// An error that is a bug of this reader.
pub fn defect(words: &str) -> io::Error {
    io::Error::other(format!("a defect of the EVTX reader, please report it: {words}"))
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_becomes_an_error_that_repeats_its_words() {
        let place = std::hint::black_box(7);
        for (step, words) in [(1, "plain words"), (2, "words about 7"), (3, "out of bounds")] {
            let failed = guarded(|| match step {
                1 => panic!("plain words"),
                2 => panic!("words about {place}"),
                _ => [0; 3][place],
            });
            let said = failed.unwrap_err().to_string();
            assert!(said.starts_with("a defect of the EVTX reader") && said.contains(words), "{said}");
        }
    }
}
