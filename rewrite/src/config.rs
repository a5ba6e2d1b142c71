//! What the transformation is told by its caller.

use syn::Path;

/// Where the mirrors are found, and which crates have one.
///
/// # Examples
///
/// ```
/// let config = coyote_rewrite::Config::new(syn::parse_str("::coyote")?);
/// let item = syn::parse_str("fn f() { std::thread::yield_now() }")?;
/// let rewritten = coyote_rewrite::rewrite_item(item, &config)?;
/// assert_eq!(rewritten.to_string(), "fn f () { :: coyote :: std :: thread :: yield_now () }");
/// # Ok::<(), syn::Error>(())
/// ```
#[derive(Clone)]
pub struct Config {
    root: Path,
    mirrors: Vec<String>,
}

impl Config {
    /// Creates a configuration whose mirrors of `std` and `tokio` are the modules `std` and `tokio` of
    /// `root`, and whose scheduling points are in `root`'s module `__private`.
    #[must_use]
    pub fn new(root: Path) -> Self {
        Self { root, mirrors: vec!["std".to_owned(), "tokio".to_owned()] }
    }

    /// Adds a crate that `root` mirrors in a module of the same name.
    #[must_use]
    pub fn mirror(mut self, krate: impl Into<String>) -> Self {
        self.mirrors.push(krate.into());
        self
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn mirrors(&self, krate: &str) -> bool {
        self.mirrors.iter().any(|mirror| mirror == krate)
    }
}
