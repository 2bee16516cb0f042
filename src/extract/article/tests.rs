//! Articles in the shapes of Vietnamese news sites.
