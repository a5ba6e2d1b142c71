//! C library functions taken over in the test binary.
//!
//! A function defined here under its C name is the one that std and every other crate of the binary
//! calls. `write` and `writev` keep the program's own output from appearing for every execution, and
//! keep it for the failing one; `getrandom` draws from the schedule in an isolated execution; `pthread_create` sees threads that are not
//! under control, `epoll_ctl` real sockets and pipes; `abort` keeps a panic that cannot unwind from ending the process.

#![expect(unsafe_code, reason = "defines C library functions")]

/// Whether the creation of a thread outside of control is noticed.
pub(crate) const SEES_THREADS: bool = cfg!(target_os = "linux");
/// Whether `abort` is taken over.
pub(crate) const SEES_ABORT: bool = cfg!(target_os = "linux");

#[cfg(target_os = "linux")]
mod linux {
    use libc::{c_int, c_void, iovec, pthread_attr_t, pthread_t, size_t, ssize_t};

    /// Gives the bytes to the execution on this thread, if there is one that keeps them: one in place lets
    /// them appear as they come.
    fn captured(fd: c_int, bytes: &[u8]) -> bool {
        let keep = |ex: &crate::execution::Execution| {
            if !ex.is_in_place() {
                ex.output(fd, bytes);
            }
            !ex.is_in_place()
        };
        matches!(fd, 1 | 2) && crate::context::with_current(keep) == Some(true)
    }

    /// # Safety
    /// As for `write(2)`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn write(fd: c_int, buffer: *const c_void, count: size_t) -> ssize_t {
        if matches!(fd, 1 | 2) && !buffer.is_null() {
            // SAFETY: the caller promises `count` readable bytes.
            let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), count) };
            if captured(fd, bytes) {
                return count as ssize_t;
            }
        }
        // SAFETY: the system call checks its arguments itself.
        unsafe { libc::syscall(libc::SYS_write, fd, buffer, count) as ssize_t }
    }

    /// # Safety
    /// As for `writev(2)`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn writev(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t {
        let keeps = crate::context::with_current(|ex| !ex.is_in_place()) == Some(true);
        if matches!(fd, 1 | 2) && !parts.is_null() && keeps {
            // SAFETY: the caller promises `count` descriptions of readable bytes.
            let parts = unsafe { std::slice::from_raw_parts(parts, count as usize) };
            let mut written = 0;
            for part in parts.iter().filter(|part| part.iov_len > 0) {
                // SAFETY: as above.
                let bytes = unsafe { std::slice::from_raw_parts(part.iov_base.cast::<u8>(), part.iov_len) };
                captured(fd, bytes);
                written += part.iov_len;
            }
            return written as ssize_t;
        }
        // SAFETY: the system call checks its arguments itself.
        unsafe { libc::syscall(libc::SYS_writev, fd, parts, count) as ssize_t }
    }

    /// # Safety
    /// As for `getrandom(2)`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn getrandom(buffer: *mut c_void, count: size_t, flags: libc::c_uint) -> ssize_t {
        if count > 0 && !buffer.is_null() {
            let draw = |ex: &crate::execution::Execution| {
                // SAFETY: the caller promises `count` bytes to be written.
                let bytes = unsafe {
                    buffer.cast::<u8>().write_bytes(0, count);
                    std::slice::from_raw_parts_mut(buffer.cast::<u8>(), count)
                };
                crate::isolate::random_bytes(ex, bytes)
            };
            if crate::context::with_current(draw) == Some(true) {
                return count as ssize_t;
            }
        }
        // SAFETY: the system call checks its arguments itself.
        unsafe { libc::syscall(libc::SYS_getrandom, buffer, count, flags) as ssize_t }
    }

    /// std calls this after the panic hook has returned, and its lock is free again, when a panic cannot
    /// unwind.
    #[unsafe(no_mangle)]
    extern "C" fn abort() -> ! {
        crate::context::with_current(crate::execution::Execution::aborting);
        // SAFETY: the name is that of a function of this type in every C library.
        unsafe {
            let symbol = libc::dlsym(libc::RTLD_NEXT, c"abort".as_ptr());
            match std::mem::transmute::<*mut c_void, Option<unsafe extern "C" fn() -> !>>(symbol) {
                Some(real) => real(),
                None => libc::_exit(134),
            }
        }
    }

    /// # Safety
    /// As for `epoll_ctl(2)`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn epoll_ctl(
        epoll: c_int,
        operation: c_int,
        fd: c_int,
        event: *mut libc::epoll_event,
    ) -> c_int {
        if operation == libc::EPOLL_CTL_ADD {
            crate::context::with_current(crate::execution::Execution::outside_registered);
        }
        // SAFETY: the system call checks its arguments itself.
        unsafe { libc::syscall(libc::SYS_epoll_ctl, epoll, operation, fd, event) as c_int }
    }

    type Create = unsafe extern "C" fn(
        *mut pthread_t,
        *const pthread_attr_t,
        extern "C" fn(*mut c_void) -> *mut c_void,
        *mut c_void,
    ) -> c_int;

    /// # Safety
    /// As for `pthread_create(3)`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn pthread_create(
        thread: *mut pthread_t,
        attributes: *const pthread_attr_t,
        start: extern "C" fn(*mut c_void) -> *mut c_void,
        argument: *mut c_void,
    ) -> c_int {
        static REAL: std::sync::OnceLock<Option<Create>> = std::sync::OnceLock::new();
        // SAFETY: the name is that of a function of this type in every C library.
        let real = REAL.get_or_init(|| unsafe {
            let symbol = libc::dlsym(libc::RTLD_NEXT, c"pthread_create".as_ptr());
            std::mem::transmute::<*mut c_void, Option<Create>>(symbol)
        });
        if crate::context::with_current(|ex| ex.foreign_thread_created()).is_some() {
            crate::remote::note_foreign_thread();
        }
        match real {
            // SAFETY: the arguments are the caller's own.
            Some(real) => unsafe { real(thread, attributes, start, argument) },
            None => libc::EAGAIN,
        }
    }
}
