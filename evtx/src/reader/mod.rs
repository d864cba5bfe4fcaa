//! From a file to batches: chunk after chunk, in jobs that several threads can share.
//!
//! A job is a fixed number of pieces of the file, and batches end where jobs end. So the answer is the same,
//! batch by batch, for any number of threads.

mod rest;
mod work;

use std::collections::VecDeque;
use std::io::{self, Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;

use self::rest::decode_front;
pub use self::work::guarded;
use self::work::{Held, Job, Sent, Worker, decode, defect};
use crate::chunk::SIZE;
use crate::decode::{Decoder, Rows, Tally};
use crate::request::Request;
use crate::walk::{FileHead, Walker};

/// Pieces of a job: 16 MiB of chunks.
const JOB: usize = 256;
/// Losses that wait before they are handed on.
const LOSSES: usize = 10_000;

/// What came out of a step of the reading.
#[derive(Debug)]
pub enum Message {
    Rows(Rows),
    /// Only the tally has grown.
    Tally,
}

/// Reads one file for one request.
pub struct Reader<R> {
    walker: Walker<R>,
    request: Arc<Request>,
    tally: Tally,
    /// Losses that were handed on and not taken yet.
    told: usize,
    ready: VecDeque<Rows>,
    decoder: Option<Box<Decoder>>,
    chunk: Box<[u8]>,
    pieces: usize,
    path: Option<PathBuf>,
    workers: Vec<Worker>,
    /// Jobs that were given to workers, each to the next in turn, and jobs of which everything has come back.
    given: usize,
    taken: usize,
    spare: Vec<Held>,
    /// Whether something else than a header may stand in front of the first chunk.
    front: bool,
    ended: bool,
}

impl<R: Read + Seek> Reader<R> {
    /// Begin to read.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn new(source: R, request: Arc<Request>) -> io::Result<Self> {
        let walker = Walker::new(source)?.only(request.offsets.clone());
        Ok(Self {
            front: walker.head.is_none() && walker.start > 0,
            walker,
            tally: Tally::default(),
            told: 0,
            ready: VecDeque::new(),
            decoder: Some(Box::new(Decoder::new(request.clone()))),
            chunk: vec![0; SIZE].into(),
            pieces: 0,
            path: None,
            workers: Vec::new(),
            given: 0,
            taken: 0,
            spare: Vec::new(),
            ended: false,
            request,
        })
    }

    /// Where the file stands, so that threads open it once more and read for themselves what is sound.
    #[must_use]
    pub fn at(self, path: Option<PathBuf>) -> Self {
        Self { path, ..self }
    }

    /// The header of the file, where there is one.
    pub fn head(&self) -> Option<FileHead> {
        self.walker.head
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.walker.length
    }

    /// Chunks of which every byte is there, as far as the file was read.
    pub fn whole(&self) -> u64 {
        self.walker.whole
    }

    /// Take what became of the records since the last time.
    pub fn tally(&mut self) -> Tally {
        self.told = 0;
        std::mem::take(&mut self.tally)
    }

    /// Read on until there is a batch, many losses, or nothing more.
    ///
    /// # Errors
    /// The source cannot be read, or the decoder has a defect.
    pub fn step(&mut self) -> io::Result<Option<Message>> {
        loop {
            if let Some(rows) = self.ready.pop_front() {
                return Ok(Some(Message::Rows(rows)));
            }
            if self.tally.lost.len() >= self.told + LOSSES {
                self.told = self.tally.lost.len();
                return Ok(Some(Message::Tally));
            }
            if std::mem::take(&mut self.front) {
                self.read_front()?;
                continue;
            }
            if self.ended && self.given == self.taken {
                return Ok(None);
            }
            if self.request.threads > 1 { self.share()? } else { self.read_on()? }
        }
    }

    /// Decode what stands in front of the first chunk, as a job of its own.
    fn read_front(&mut self) -> io::Result<()> {
        let mut decoder = Box::new(Decoder::new(self.request.clone()));
        guarded(|| decode_front(&mut self.walker, &mut decoder, &self.request))??;
        self.ready.extend(guarded(|| decoder.take())?.map_err(|error| defect(&error.to_string()))?);
        self.tally.add(&mut decoder.tally);
        Ok(())
    }

    /// Decode one more piece.
    fn read_on(&mut self) -> io::Result<()> {
        let Some(mut decoder) = self.decoder.take() else { return Err(defect("the reader failed before")) };
        match self.walker.next(&mut self.chunk)? {
            Some(piece) => {
                guarded(|| decode(&mut decoder, &piece, &self.chunk))?;
                self.pieces += 1;
            }
            None => self.ended = true,
        }
        let job_ends = self.pieces == JOB || self.ended;
        if job_ends || decoder.is_full() {
            self.pieces = if job_ends { 0 } else { self.pieces };
            self.ready.extend(guarded(|| decoder.take())?.map_err(|error| defect(&error.to_string()))?);
        }
        if job_ends {
            decoder.end_job();
        }
        self.tally.add(&mut decoder.tally);
        self.decoder = Some(decoder);
        Ok(())
    }

    /// Give every worker a job, and one more to the worker with the oldest; take a result of that.
    ///
    /// So a worker that has ended a job does not wait until the next one is read.
    fn share(&mut self) -> io::Result<()> {
        while !self.ended && self.given - self.taken <= self.request.threads {
            let Some(job) = self.job()? else { break };
            let worker = self.given % self.request.threads;
            if worker == self.workers.len() {
                self.workers.push(Worker::start(self.request.clone(), self.path.as_deref())?);
            }
            let jobs = self.workers[worker].jobs.as_ref();
            if jobs.is_none_or(|jobs| jobs.send(job).is_err()) {
                return Err(self.workers[worker].reason());
            }
            self.given += 1;
        }
        if self.given == self.taken {
            return Ok(());
        }
        let oldest = &self.workers[self.taken % self.request.threads];
        match oldest.results.recv() {
            Ok(Sent::Rows(rows)) => self.ready.extend(rows),
            Ok(Sent::Tally(mut tally)) => self.tally.add(&mut tally),
            Ok(Sent::End(mut tally, spare)) => {
                self.tally.add(&mut tally);
                self.spare.extend(spare);
                self.taken += 1;
            }
            Ok(Sent::Failed(error)) => return Err(error),
            Err(_) => return Err(oldest.reason()),
        }
        Ok(())
    }

    fn job(&mut self) -> io::Result<Option<Job>> {
        if self.path.is_some()
            && let Some(first) = self.walker.pass(JOB as u64)?
        {
            return Ok(Some(Job::Own(first, JOB)));
        }
        let mut pieces = Vec::with_capacity(JOB);
        while pieces.len() < JOB && !self.ended {
            let mut chunk = self.spare.pop().map_or_else(|| vec![0; SIZE].into(), |held| held.chunk);
            match self.walker.next(&mut chunk)? {
                Some(piece) => pieces.push(Held { piece, chunk }),
                None => self.ended = true,
            }
        }
        Ok((!pieces.is_empty()).then_some(Job::Read(pieces)))
    }
}
