//! A file that is one chunk: every kind of event, whole records and XML, with slack.

#![no_main]

use std::io::Cursor;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use trackway_evtx::{Answer, Column, Filter, Of, Reader, Request, Shape, Type};

fuzz_target!(|data: &[u8]| {
    let columns = vec![
        Column { name: "fields".into(), of: Of::Fields, kind: Type::Text },
        Column { name: "xml".into(), of: Of::Xml, kind: Type::Text },
    ];
    for answer in [Answer::Kinds(Filter::default()), Answer::Shapes(vec![Shape { filter: Filter::default(), columns }])] {
        let mut request = Request::new(answer);
        request.recovered = true;
        let mut reader = Reader::new(Cursor::new(data), Arc::new(request)).expect("memory can be read");
        while reader.step().expect("no defect").is_some() {}
    }
});
