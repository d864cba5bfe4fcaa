//! What became of the records.

/// What became of the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that were decoded, or refused before.
    pub seen: u64,
    /// Records that nobody asked for.
    pub ignored: u64,
    pub bad_checksum: u64,
    pub dirty: u64,
    pub recovered: u64,
    /// Values that did not fit the type that was asked for.
    pub misfits: u64,
    pub chunks: u64,
    pub lost: Vec<Loss>,
}

impl Tally {
    /// Add what another found.
    pub fn add(&mut self, other: &mut Self) {
        self.seen += other.seen;
        self.ignored += other.ignored;
        self.bad_checksum += other.bad_checksum;
        self.dirty += other.dirty;
        self.recovered += other.recovered;
        self.misfits += other.misfits;
        self.chunks += other.chunks;
        self.lost.append(&mut other.lost);
        *other = Self::default();
    }
}

/// Records that are there, or should be, and cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Number of the first record, where it is known.
    pub first: Option<u64>,
    /// Number of the last one.
    pub last: Option<u64>,
    /// Number of the chunk, counted from 0.
    pub chunk: u64,
    /// Where in the file.
    pub offset: u64,
    pub reason: String,
}
