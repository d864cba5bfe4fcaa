//! All tests from outside in one program: it is linked once.

mod common;
mod damage;
mod forms;
mod fuzz;
mod hostile;
mod made;
mod oracle;
mod threads;
