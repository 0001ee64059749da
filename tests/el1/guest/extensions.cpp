// Instructions of extensions: their results where the core has them, UNDEFINED where not. Random operands are another
// test's business; here is what belongs to a core and to a level.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(extension_cfinv, ".inst 0xd500401f\nmrs x0, nzcv\n.inst 0xd500401f\nmrs x1, nzcv");
PROBE(
    extension_rmif,
    "mov x0, #0xa5\n.inst 0xba01040f\nmrs x1, nzcv\n.inst 0xba03c40a\nmrs x2, nzcv");  // rmif x0, #2, #15; x0, #7, #10
PROBE(extension_setf,
      "mov x0, #0x180\n.inst 0x3a00080d\nmrs x1, nzcv\nmov w2, #0x18000\n.inst 0x3a00484d\nmrs x2, nzcv");
PROBE(extension_axflag,
      "mov x0, #0x30000000\nmsr nzcv, x0\n.inst 0xd500405f\nmrs x1, nzcv\n.inst 0xd500403f\nmrs x2, nzcv");
PROBE(
    extension_ldapur,
    "sub x1, x5, #8\n.inst 0xd9408020\n.inst 0xd9008026\n.inst 0x99c08022\nldr x3, [x5]");  // ldapur x0,[x1,#8]; stlur
                                                                                            // x6,[x1,#8]; ldapursw? w2
PROBE(extension_sb, ".inst 0xd50330ff\nmov x0, #1");
PROBE(extension_dit,
      "mrs x0, s3_3_c4_c2_5\n.inst 0xd503415f\nmrs x1, s3_3_c4_c2_5\n.inst 0xd503405f\nmrs x2, s3_3_c4_c2_5\nmov x3, "
      "#-1\nmsr s3_3_c4_c2_5, x3\nmrs x3, s3_3_c4_c2_5");
PROBE(extension_dit_keep, ".inst 0xd503415f\nsvc #0x99");
PROBE(extension_ldlar, ".inst 0xc8df7ca0");  // ldlar x0, [x5]
PROBE(extension_cas,
      "mov x0, #3\nstr x0, [x5]\nmov x1, #4\n.inst 0xc8a07ca1\nldr x2, [x5]\n.inst 0xc8a07ca6\nldr x3, [x5]");
PROBE(extension_ldadd, "mov x0, #3\nstr x0, [x5]\n.inst 0xf82600a1\nldr x2, [x5]\n.inst 0xf82640a3\nldr x3, [x5]");
PROBE(extension_crc, "mov w0, #0\n.inst 0x9ac64c00\n.inst 0x9ac65c01");
PROBE(extension_cvap, "sys #3, c7, c12, #1, x5");
PROBE(extension_cvadp, "sys #3, c7, c13, #1, x5");
PROBE(extension_rndr, "mrs x0, s3_3_c2_c4_0\nmov x0, #0");
PROBE(extension_wfet, "mov x0, #0\n.inst 0xd5031000");
PROBE(extension_wfit, "mov x0, #0\n.inst 0xd5031020");
PROBE(extension_ld64b, ".inst 0xf83fd0a0");
PROBE(extension_mte_irg, ".inst 0x9adf1000");
PROBE(extension_sve, ".inst 0x04204000");
PROBE(extension_bfloat, ".inst 0x1e634000");
PROBE(extension_hints, "hint #16\nhint #17\nhint #18\nhint #20\nhint #22\nhint #34\nhint #64\nhint #127\nmov x0, #1");
PROBE(extension_scxtnum, "mrs x0, s3_3_c13_c0_7");
PROBE(extension_gcr, "mrs x0, s3_0_c1_c0_6");
PROBE(extension_tco, ".inst 0xd503419f");
PROBE(extension_allint, ".inst 0xd501410f");

void extension_checks() {
    const struct {
        const u8* code;
        const char* name;
    } kinds[] = {{extension_cfinv, "cfinv"},     {extension_rmif, "rmif"},
                 {extension_setf, "setf"},       {extension_axflag, "axflag"},
                 {extension_ldapur, "ldapur"},   {extension_sb, "sb"},
                 {extension_dit, "dit"},         {extension_dit_keep, "dit-saved"},
                 {extension_ldlar, "ldlar"},     {extension_cas, "cas"},
                 {extension_ldadd, "ldadd"},     {extension_crc, "crc"},
                 {extension_cvap, "dc-cvap"},    {extension_cvadp, "dc-cvadp"},
                 {extension_rndr, "rndr"},       {extension_wfet, "wfet"},
                 {extension_wfit, "wfit"},       {extension_ld64b, "ld64b"},
                 {extension_mte_irg, "irg"},     {extension_sve, "sve"},
                 {extension_bfloat, "bfcvt"},    {extension_hints, "hints"},
                 {extension_scxtnum, "scxtnum"}, {extension_gcr, "gcr"},
                 {extension_tco, "tco"},         {extension_allint, "allint"}};
    map(kTest, page(1), kNormal | kUser | kUserNever);
    flush();
    for (const auto& kind : kinds) {
        for (const Level level : {Level::El1h, Level::El0}) {
            fill_page(1, 0x8000000180000002);
            Probe p{kind.code, level};
            p.frame.x[5] = kTest + 0x40;
            p.frame.x[6] = 0x123456789;
            p.show("extension", kind.name, name_of(level));
        }
    }
    unmap_tests();
}

}  // namespace el1
