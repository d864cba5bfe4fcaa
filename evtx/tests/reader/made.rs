//! Chunks written by hand: BinXML of whatever form.

/// Where the first record of a chunk stands, and where its BinXML does.
const RECORD: usize = 512;
pub const CONTENT: usize = RECORD + 24;
const CHUNK: usize = 1 << 16;

/// Writes BinXML that stands at a place of a chunk.
pub struct Writer {
    pub out: Vec<u8>,
    definition: bool,
}

impl Writer {
    pub fn new() -> Self {
        Self { out: vec![0x0f, 1, 1, 0], definition: false }
    }

    pub fn short(&mut self, number: usize) {
        self.out.extend_from_slice(&(number as u16).to_le_bytes());
    }

    pub fn long(&mut self, number: usize) {
        self.out.extend_from_slice(&(number as u32).to_le_bytes());
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// A text behind the count of its units.
    pub fn counted(&mut self, text: &str) {
        self.short(text.encode_utf16().count());
        self.bytes(&units(text));
    }

    pub fn name(&mut self, name: &str) {
        let here = CONTENT + self.out.len() + 4;
        self.long(here);
        self.bytes(&[0; 6]);
        self.counted(name);
        self.short(0);
    }

    /// An element with an attribute `Name`, or with none where that is empty.
    pub fn element(&mut self, name: &str, attribute: &str, content: impl FnOnce(&mut Self)) {
        self.out.push(if attribute.is_empty() { 0x01 } else { 0x41 });
        if self.definition {
            self.short(0xffff);
        }
        self.long(0);
        self.name(name);
        if !attribute.is_empty() {
            self.long(0);
            self.out.push(0x06);
            self.name("Name");
            self.text(attribute);
        }
        self.out.push(0x02);
        content(self);
        self.out.push(0x04);
    }

    pub fn text(&mut self, text: &str) {
        self.bytes(&[0x05, 0x01]);
        self.counted(text);
    }

    /// An event of the provider `T`, number 7, whose `EventData` is as given.
    pub fn event(&mut self, data: impl FnOnce(&mut Self)) {
        self.element("Event", "", |event| {
            event.element("System", "", |system| {
                system.element("Provider", "T", |_| {});
                system.element("EventID", "", |id| id.text("7"));
            });
            event.element("EventData", "", data);
        });
        self.out.push(0);
    }

    /// A template instance, its definition of an event with it, and its values by type and bytes.
    pub fn instance(&mut self, data: impl FnOnce(&mut Self), values: &[(u8, Vec<u8>)]) {
        self.bytes(&[0x0c, 1, 0, 0, 0, 0]);
        let definition = CONTENT + self.out.len() + 4;
        self.long(definition);
        self.bytes(&[0; 20]);
        let size = self.out.len();
        self.bytes(&[0, 0, 0, 0, 0x0f, 1, 1, 0]);
        self.definition = true;
        self.event(data);
        self.definition = false;
        let length = (self.out.len() - size - 4) as u32;
        self.out[size..size + 4].copy_from_slice(&length.to_le_bytes());
        self.long(values.len());
        for (kind, bytes) in values {
            self.short(bytes.len());
            self.bytes(&[*kind, 0]);
        }
        for (_, bytes) in values {
            self.bytes(bytes);
        }
        self.out.push(0);
    }
}

pub fn units(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A chunk without checksums, with one record.
pub fn chunk(writer: &Writer) -> Vec<u8> {
    let size = (24 + writer.out.len() + 4) as u32;
    let end = RECORD + size as usize;
    let mut chunk = vec![0; CHUNK];
    chunk[..8].copy_from_slice(b"ElfChnk\0");
    chunk[24] = 1;
    chunk[32] = 1;
    chunk[40] = 128;
    chunk[44..48].copy_from_slice(&(RECORD as u32).to_le_bytes());
    chunk[48..52].copy_from_slice(&(end as u32).to_le_bytes());
    chunk[120] = 4;
    chunk[RECORD..RECORD + 4].copy_from_slice(&[0x2a, 0x2a, 0, 0]);
    chunk[RECORD + 4..RECORD + 8].copy_from_slice(&size.to_le_bytes());
    chunk[RECORD + 8] = 1;
    chunk[CONTENT..CONTENT + writer.out.len()].copy_from_slice(&writer.out);
    chunk[end - 4..end].copy_from_slice(&size.to_le_bytes());
    chunk
}

/// A chunk with one record of a number.
pub fn numbered(number: u64) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.event(|data| data.element("Data", "Field", |data| data.text("value")));
    let mut chunk = chunk(&writer);
    for place in [24, 32, RECORD + 8] {
        chunk[place..place + 8].copy_from_slice(&(number + 1).to_le_bytes());
    }
    chunk
}
