// What the uses of tokio's API refer to. xtask puts these lines on one, without the comments: a use is a line of
// the program, and the number of the line that of the row.
#![allow(warnings)]
// Types that lack an auto trait.
pub type Shared = ::std::rc::Rc<u8>;
pub type NotSync = ::std::cell::Cell<u8>;
pub type NotSend = ::std::sync::MutexGuard<'static, u8>;
pub type NotUnpin = ::std::marker::PhantomPinned;
pub type NotUnwindSafe = &'static mut u8;
pub struct Descriptor<T>(T);
impl<T> ::std::os::fd::AsRawFd for Descriptor<T> { fn as_raw_fd(&self) -> i32 { 0 } }
pub fn is_future(_: impl ::std::future::Future) {}
// Whether a type has a trait, without asking for it.
#[macro_export] macro_rules! has { ($type:ty: $trait:path) => {{
    struct Probe<T: ?Sized>(::std::marker::PhantomData<T>);
    trait Otherwise { const HAS: bool = false; }
    impl<T: ?Sized> Otherwise for Probe<T> {}
    impl<T: ?Sized + $trait> Probe<T> { const HAS: bool = true; }
    <Probe<$type>>::HAS
}}; }
