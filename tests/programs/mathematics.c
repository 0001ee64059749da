/* mathematics: functions of the C library's libm over boundary and random values, as hexadecimal floats, and formats of printf. */
#include <complex.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const double boundaries[] = {0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 10.0, 0.1, 1e-300, -1e-300, 5e-324, DBL_MIN, DBL_MAX, -DBL_MAX, DBL_EPSILON,
                                    M_PI, M_PI_2, M_E, 709.782712893384, 709.79, -745.2, 1e22, 4503599627370496.5, INFINITY, -INFINITY, NAN};
enum { kBoundaries = sizeof boundaries / sizeof *boundaries, kRandom = 400 };

static uint64_t state = 88172645463325252u;
static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}
static double random_double(void) {
    const uint64_t bits = (next() & 0x800fffffffffffffu) | (1023 - 20 + next() % 40) << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t hash = 0xcbf29ce484222325u;
static void add(double value) {
    uint64_t bits;
    if (isnan(value)) value = NAN; /* which NaN is not the library's promise */
    memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3u;
}

struct one {
    const char* name;
    double (*function)(double);
};
static const struct one functions[] = {{"sin", sin}, {"cos", cos}, {"tan", tan}, {"asin", asin}, {"acos", acos}, {"atan", atan}, {"sinh", sinh},
    {"cosh", cosh}, {"tanh", tanh}, {"asinh", asinh}, {"acosh", acosh}, {"atanh", atanh}, {"exp", exp}, {"exp2", exp2}, {"expm1", expm1}, {"log", log}, {"log2", log2},
    {"log10", log10}, {"log1p", log1p}, {"sqrt", sqrt}, {"cbrt", cbrt}, {"erf", erf}, {"tgamma", tgamma}, {"lgamma", lgamma}, {"floor", floor}, {"ceil", ceil},
    {"trunc", trunc}, {"round", round}, {"rint", rint}, {"nearbyint", nearbyint}, {"logb", logb}, {"fabs", fabs}, {"j0", j0}};
static const char* const shown[] = {"sin", "exp", "log", "sqrt", "rint"};

static void one_argument(const struct one* f) {
    int print = 0;
    for (unsigned i = 0; i < sizeof shown / sizeof *shown; ++i) print |= strcmp(shown[i], f->name) == 0;
    feclearexcept(FE_ALL_EXCEPT);
    for (int i = 0; i < kBoundaries; ++i) {
        const double y = f->function(boundaries[i]);
        add(y);
        if (print) printf("%s(%a) = %a\n", f->name, boundaries[i], y);
    }
    for (int i = 0; i < kRandom; ++i) add(f->function(random_double()));
    printf("%-10s %016llx flags %x\n", f->name, (unsigned long long)hash, (unsigned)fetestexcept(FE_ALL_EXCEPT));
}

static void two_arguments(void) {
    for (int i = 0; i < kBoundaries; ++i)
        for (int k = 0; k < kBoundaries; ++k) {
            const double a = boundaries[i], b = boundaries[k];
            add(pow(a, b)), add(atan2(a, b)), add(fmod(a, b)), add(remainder(a, b)), add(hypot(a, b)), add(copysign(a, b));
            add(nextafter(a, b)), add(fdim(a, b)), add(fmax(a, b)), add(fmin(a, b)), add(fma(a, b, random_double()));
        }
    for (int i = 0; i < kRandom; ++i) {
        const double a = random_double(), b = random_double(), c = random_double();
        const float x = (float)a, y = (float)b;
        add(pow(fabs(a), b / 8)), add(fma(a, b, c)), add(a / b + c), add((double)(sinf(x) * expf(y / 1e3f))), add((double)powf(fabsf(x), 0.3f));
        add((double)fmaf(x, y, (float)c)), add((double)(long)a), add((double)(unsigned)fabs(b)), add(creal(cexp(a / 100 + b * I)));
    }
    printf("two        %016llx\n", (unsigned long long)hash);
}

static void rounding(void) {
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (unsigned m = 0; m < 4; ++m) {
        fesetround(modes[m]);
        volatile double third = 1, three = 3, tiny = 1e-320, tenth = 0.1f;
        printf("mode %u: %a %a %a %a %ld %.3f\n", m, third / three, sqrt(three), tiny * tenth, rint(-2.5), lrint(2.5), 0.0005);
    }
    fesetround(FE_TONEAREST);
}

static void formats(void) {
    static const double values[] = {0.1, 1.0 / 3, 1e15, 123456789.125, 2.5e-10, 5e-324, DBL_MAX, -0.0, INFINITY, NAN};
    for (unsigned i = 0; i < sizeof values / sizeof *values; ++i) {
        const double v = values[i];
        printf("%f|%.0f|%10.3e|%-12g|%+.17g|%a|%#.3g|%012.4f\n", v, v, v, v, v, v, v, v);
    }
    const long double third = 1.0L / 3;
    printf("%.30Lf %La %Lg\n", third, third, third * 1e300L * 1e300L);
    double parsed;
    char text[64];
    for (int i = 0; i < kRandom; ++i) {
        const double v = random_double();
        snprintf(text, sizeof text, "%.17g", v);
        sscanf(text, "%lf", &parsed);
        if (parsed != v) printf("does not come back: %s\n", text);
        add(parsed);
    }
    printf("formats    %016llx\n", (unsigned long long)hash);
}

int main(void) {
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; ++i) one_argument(&functions[i]);
    two_arguments();
    rounding();
    formats();
    return 0;
}
