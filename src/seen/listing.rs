//! What a source showed at its last reading: by it items are known again whose guids change at
//! every fetch, and a reading that has nothing in common with the one before is noticed.

/// The items of the last reading that held any, in the source's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing(pub Vec<Shown>);

/// One item of a listing, by digests of 64 bits: among the 2,000 items of a reading two are alike
/// by chance once in 10¹³ readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shown {
    /// Of the item's address; 0 where it has none of its own.
    pub url: u64,
    /// Of what it says; 0 where that is nothing, or what another one says too.
    pub content: u64,
}

/// Bytes of one item.
const WIDTH: usize = 16;

impl Listing {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let words = self.0.iter().flat_map(|shown| [shown.url, shown.content]);
        words.flat_map(u64::to_be_bytes).collect()
    }

    /// Reads what was written; a rest that is no whole item is passed over.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let word = |bytes: &[u8]| bytes.iter().fold(0, |word, b| word << 8 | u64::from(*b));
        let items = bytes.chunks_exact(WIDTH).map(|item| {
            let (url, content) = item.split_at(WIDTH / 2);
            Shown {
                url: word(url),
                content: word(content),
            }
        });
        Self(items.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_comes_back_from_its_bytes() {
        let listing = Listing(vec![
            Shown { url: 0, content: 7 },
            Shown {
                url: u64::MAX,
                content: 1 << 40,
            },
        ]);
        let mut bytes = listing.to_bytes();
        assert_eq!(Listing::from_bytes(&bytes), listing);
        bytes.push(9);
        assert_eq!(Listing::from_bytes(&bytes), listing);
    }
}
