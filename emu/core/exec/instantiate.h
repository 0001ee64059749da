// Included by each file of this folder before the .def of its class: every row of the class becomes an
// explicit instantiation of its handler for both loops. Rows that borrow a handler add nothing.
// No include guard: it only defines macros for the file that includes it.
#define A64(name, ...) \
    template void name<Plain>(Pe&, const DecodedOp*); \
    template void name<Recording>(Pe&, const DecodedOp*);
#define A64_AS(name, ...)
#define A64_FALLBACK(name, ...) A64(name)
