// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code <errno.h>}: why a call failed.
 *
 * <pre>{@code
 * extern int errno;    // 1 and more; a method of Syscalls returns it negated
 * }</pre>
 *
 * The constants are those of this system; {@link #on} has those of the others. Linux's numbers are the generic ones;
 * its ports to MIPS, SPARC, Alpha and PA-RISC have others, and POWER has its own EDEADLOCK. Solaris's are those of illumos and
 * of Oracle. The texts are glibc's on every system, so a message reads the same everywhere; the few names that glibc
 * lacks have the text of their own system.
 */
public final class Errno {
    private static final int UNKNOWN = -1;

    // The name; its number on Linux, macOS, FreeBSD, OpenBSD, NetBSD, DragonFly and Solaris, or -; the text.
    // A name that shares its number with another one (EWOULDBLOCK) comes after it.
    private static final String TABLE = """
        EPERM              1    1    1    1    1    1    1  Operation not permitted
        ENOENT             2    2    2    2    2    2    2  No such file or directory
        ESRCH              3    3    3    3    3    3    3  No such process
        EINTR              4    4    4    4    4    4    4  Interrupted system call
        EIO                5    5    5    5    5    5    5  Input/output error
        ENXIO              6    6    6    6    6    6    6  No such device or address
        E2BIG              7    7    7    7    7    7    7  Argument list too long
        ENOEXEC            8    8    8    8    8    8    8  Exec format error
        EBADF              9    9    9    9    9    9    9  Bad file descriptor
        ECHILD            10   10   10   10   10   10   10  No child processes
        EAGAIN            11   35   35   35   35   35   11  Resource temporarily unavailable
        ENOMEM            12   12   12   12   12   12   12  Cannot allocate memory
        EACCES            13   13   13   13   13   13   13  Permission denied
        EFAULT            14   14   14   14   14   14   14  Bad address
        ENOTBLK           15   15   15   15   15   15   15  Block device required
        EBUSY             16   16   16   16   16   16   16  Device or resource busy
        EEXIST            17   17   17   17   17   17   17  File exists
        EXDEV             18   18   18   18   18   18   18  Invalid cross-device link
        ENODEV            19   19   19   19   19   19   19  No such device
        ENOTDIR           20   20   20   20   20   20   20  Not a directory
        EISDIR            21   21   21   21   21   21   21  Is a directory
        EINVAL            22   22   22   22   22   22   22  Invalid argument
        ENFILE            23   23   23   23   23   23   23  Too many open files in system
        EMFILE            24   24   24   24   24   24   24  Too many open files
        ENOTTY            25   25   25   25   25   25   25  Inappropriate ioctl for device
        ETXTBSY           26   26   26   26   26   26   26  Text file busy
        EFBIG             27   27   27   27   27   27   27  File too large
        ENOSPC            28   28   28   28   28   28   28  No space left on device
        ESPIPE            29   29   29   29   29   29   29  Illegal seek
        EROFS             30   30   30   30   30   30   30  Read-only file system
        EMLINK            31   31   31   31   31   31   31  Too many links
        EPIPE             32   32   32   32   32   32   32  Broken pipe
        EDOM              33   33   33   33   33   33   33  Numerical argument out of domain
        ERANGE            34   34   34   34   34   34   34  Numerical result out of range
        EDEADLK           35   11   11   11   11   11   45  Resource deadlock avoided
        ENAMETOOLONG      36   63   63   63   63   63   78  File name too long
        ENOLCK            37   77   77   77   77   77   46  No locks available
        ENOSYS            38   78   78   78   78   78   89  Function not implemented
        ENOTEMPTY         39   66   66   66   66   66   93  Directory not empty
        ELOOP             40   62   62   62   62   62   90  Too many levels of symbolic links
        ENOMSG            42   91   83   90   83   83   35  No message of desired type
        EIDRM             43   90   82   89   82   82   36  Identifier removed
        ECHRNG            44    -    -    -    -    -   37  Channel number out of range
        EL2NSYNC          45    -    -    -    -    -   38  Level 2 not synchronized
        EL3HLT            46    -    -    -    -    -   39  Level 3 halted
        EL3RST            47    -    -    -    -    -   40  Level 3 reset
        ELNRNG            48    -    -    -    -    -   41  Link number out of range
        EUNATCH           49    -    -    -    -    -   42  Protocol driver not attached
        ENOCSI            50    -    -    -    -    -   43  No CSI structure available
        EL2HLT            51    -    -    -    -    -   44  Level 2 halted
        EBADE             52    -    -    -    -    -   50  Invalid exchange
        EBADR             53    -    -    -    -    -   51  Invalid request descriptor
        EXFULL            54    -    -    -    -    -   52  Exchange full
        ENOANO            55    -    -    -    -    -   53  No anode
        EBADRQC           56    -    -    -    -    -   54  Invalid request code
        EBADSLT           57    -    -    -    -    -   55  Invalid slot
        EBFONT            59    -    -    -    -    -   57  Bad font file format
        ENOSTR            60   99    -    -   91    -   60  Device not a stream
        ENODATA           61   96    -    -   89    -   61  No data available
        ETIME             62  101    -    -   92    -   62  Timer expired
        ENOSR             63   98    -    -   90    -   63  Out of streams resources
        ENONET            64    -    -    -    -    -   64  Machine is not on the network
        ENOPKG            65    -    -    -    -    -   65  Package not installed
        EREMOTE           66   71   71   71   71   71   66  Object is remote
        ENOLINK           67   97   91    -   95   91   67  Link has been severed
        EADV              68    -    -    -    -    -   68  Advertise error
        ESRMNT            69    -    -    -    -    -   69  Srmount error
        ECOMM             70    -    -    -    -    -   70  Communication error on send
        EPROTO            71  100   92   95   96   92   71  Protocol error
        EMULTIHOP         72   95   90    -   94   90   74  Multihop attempted
        EDOTDOT           73    -    -    -    -    -    -  RFS specific error
        EBADMSG           74   94   89   92   88   89   77  Bad message
        EOVERFLOW         75   84   84   87   84   84   79  Value too large for defined data type
        ENOTUNIQ          76    -    -    -    -    -   80  Name not unique on network
        EBADFD            77    -    -    -    -    -   81  File descriptor in bad state
        EREMCHG           78    -    -    -    -    -   82  Remote address changed
        ELIBACC           79    -    -    -    -    -   83  Can not access a needed shared library
        ELIBBAD           80    -    -    -    -    -   84  Accessing a corrupted shared library
        ELIBSCN           81    -    -    -    -    -   85  .lib section in a.out corrupted
        ELIBMAX           82    -    -    -    -    -   86  Attempting to link in too many shared libraries
        ELIBEXEC          83    -    -    -    -    -   87  Cannot exec a shared library directly
        EILSEQ            84   92   86   84   85   86   88  Invalid or incomplete multibyte or wide character
        ERESTART          85    -    -    -    -    -   91  Interrupted system call should be restarted
        ESTRPIPE          86    -    -    -    -    -   92  Streams pipe error
        EUSERS            87   68   68   68   68   68   94  Too many users
        ENOTSOCK          88   38   38   38   38   38   95  Socket operation on non-socket
        EDESTADDRREQ      89   39   39   39   39   39   96  Destination address required
        EMSGSIZE          90   40   40   40   40   40   97  Message too long
        EPROTOTYPE        91   41   41   41   41   41   98  Protocol wrong type for socket
        ENOPROTOOPT       92   42   42   42   42   42   99  Protocol not available
        EPROTONOSUPPORT   93   43   43   43   43   43  120  Protocol not supported
        ESOCKTNOSUPPORT   94   44   44   44   44   44  121  Socket type not supported
        EOPNOTSUPP        95  102   45   45   45   45  122  Operation not supported
        EPFNOSUPPORT      96   46   46   46   46   46  123  Protocol family not supported
        EAFNOSUPPORT      97   47   47   47   47   47  124  Address family not supported by protocol
        EADDRINUSE        98   48   48   48   48   48  125  Address already in use
        EADDRNOTAVAIL     99   49   49   49   49   49  126  Cannot assign requested address
        ENETDOWN         100   50   50   50   50   50  127  Network is down
        ENETUNREACH      101   51   51   51   51   51  128  Network is unreachable
        ENETRESET        102   52   52   52   52   52  129  Network dropped connection on reset
        ECONNABORTED     103   53   53   53   53   53  130  Software caused connection abort
        ECONNRESET       104   54   54   54   54   54  131  Connection reset by peer
        ENOBUFS          105   55   55   55   55   55  132  No buffer space available
        EISCONN          106   56   56   56   56   56  133  Transport endpoint is already connected
        ENOTCONN         107   57   57   57   57   57  134  Transport endpoint is not connected
        ESHUTDOWN        108   58   58   58   58   58  143  Cannot send after transport endpoint shutdown
        ETOOMANYREFS     109   59   59   59   59   59  144  Too many references: cannot splice
        ETIMEDOUT        110   60   60   60   60   60  145  Connection timed out
        ECONNREFUSED     111   61   61   61   61   61  146  Connection refused
        EHOSTDOWN        112   64   64   64   64   64  147  Host is down
        EHOSTUNREACH     113   65   65   65   65   65  148  No route to host
        EALREADY         114   37   37   37   37   37  149  Operation already in progress
        EINPROGRESS      115   36   36   36   36   36  150  Operation now in progress
        ESTALE           116   70   70   70   70   70  151  Stale file handle
        EUCLEAN          117    -    -    -    -    -    -  Structure needs cleaning
        ENOTNAM          118    -    -    -    -    -    -  Not a XENIX named type file
        ENAVAIL          119    -    -    -    -    -    -  No XENIX semaphores available
        EISNAM           120    -    -    -    -    -    -  Is a named type file
        EREMOTEIO        121    -    -    -    -    -    -  Remote I/O error
        EDQUOT           122   69   69   69   69   69   49  Disk quota exceeded
        ENOMEDIUM        123    -    -   85    -   93    -  No medium found
        EMEDIUMTYPE      124    -    -   86    -    -    -  Wrong medium type
        ECANCELED        125   89   85   88   87   85   47  Operation canceled
        ENOKEY           126    -    -    -    -    -    -  Required key not available
        EKEYEXPIRED      127    -    -    -    -    -    -  Key has expired
        EKEYREVOKED      128    -    -    -    -    -    -  Key has been revoked
        EKEYREJECTED     129    -    -    -    -    -    -  Key was rejected by service
        EOWNERDEAD       130  105   96   94   97   95   58  Owner died
        ENOTRECOVERABLE  131  104   95   93   98   94   59  State not recoverable
        ERFKILL          132    -    -    -    -    -    -  Operation not possible due to RF-kill
        EHWPOISON        133    -    -    -    -    -    -  Memory page has hardware error
        EPROCLIM           -   67   67   67   67   67    -  Too many processes
        EBADRPC            -   72   72   72   72   72    -  RPC struct is bad
        ERPCMISMATCH       -   73   73   73   73   73    -  RPC version wrong
        EPROGUNAVAIL       -   74   74   74   74   74    -  RPC program not available
        EPROGMISMATCH      -   75   75   75   75   75    -  RPC program version wrong
        EPROCUNAVAIL       -   76   76   76   76   76    -  RPC bad procedure for program
        EFTYPE             -   79   79   79   79   79    -  Inappropriate file type or format
        EAUTH              -   80   80   80   80   80    -  Authentication error
        ENEEDAUTH          -   81   81   81   81   81    -  Need authenticator
        EPWROFF            -   82    -    -    -    -    -  Device power is off
        EDEVERR            -   83    -    -    -    -    -  Device error
        EBADEXEC           -   85    -    -    -    -    -  Bad executable
        EBADARCH           -   86    -    -    -    -    -  Bad CPU type in executable
        ESHLIBVERS         -   87    -    -    -    -    -  Shared library version mismatch
        EBADMACHO          -   88    -    -    -    -    -  Malformed Mach-O file
        ENOATTR            -   93   87   83   93   87    -  Attribute not found
        ENOPOLICY          -  103    -    -    -    -    -  Policy not found
        EQFULL             -  106    -    -    -    -    -  Output queue is full
        EDOOFUS            -    -   88    -    -   88    -  Programming error
        ENOTCAPABLE        -    -   93    -    -    -    -  Capabilities insufficient
        ECAPMODE           -    -   94    -    -    -    -  Not permitted in capability mode
        EINTEGRITY         -    -   97    -    -    -    -  Integrity check failed
        EIPSEC             -    -    -   82    -    -    -  IPsec processing failure
        EASYNC             -    -    -    -    -   99    -  Operation continues asynchronously
        ELOCKUNMAPPED      -    -    -    -    -    -   72  Locked lock was unmapped
        EADI               -    -    -    -    -    -   75  Application data integrity error
        ENOTACTIVE         -    -    -    -    -    -   73  Facility is not active
        EWOULDBLOCK       11   35   35   35   35   35   11  Resource temporarily unavailable
        EDEADLOCK         35    -    -    -    -    -   56  Resource deadlock avoided
        ENOTSUP           95   45   45   91   86   45   48  Operation not supported
        """;

    private static final List<Os> COLUMNS =
            List.of(Os.LINUX, Os.MACOS, Os.FREEBSD, Os.OPENBSD, Os.NETBSD, Os.DRAGONFLY, Os.SOLARIS);

    /** Where the first column of numbers begins, and how wide each is. */
    private static final int NUMBERS = 15;

    private static final int NUMBER_WIDTH = 5;

    private static final int EDEADLOCK_ON_POWER = 58;

    private static final Errno HERE = new Errno(
            Os.here(),
            Os.here() == Os.LINUX && System.getProperty("os.arch", "").startsWith("ppc64"));

    public static final int EPERM = HERE.number("EPERM");
    public static final int ENOENT = HERE.number("ENOENT");
    public static final int ESRCH = HERE.number("ESRCH");
    public static final int EINTR = HERE.number("EINTR");
    public static final int EIO = HERE.number("EIO");
    public static final int EBADF = HERE.number("EBADF");
    public static final int EAGAIN = HERE.number("EAGAIN");
    public static final int ENOMEM = HERE.number("ENOMEM");
    public static final int EACCES = HERE.number("EACCES");
    public static final int EBUSY = HERE.number("EBUSY");
    public static final int EFAULT = HERE.number("EFAULT");
    public static final int EEXIST = HERE.number("EEXIST");
    public static final int ENODEV = HERE.number("ENODEV");
    public static final int EINVAL = HERE.number("EINVAL");
    public static final int ENFILE = HERE.number("ENFILE");
    public static final int EMFILE = HERE.number("EMFILE");
    public static final int ENOSPC = HERE.number("ENOSPC");
    public static final int EPIPE = HERE.number("EPIPE");
    public static final int ENOSYS = HERE.number("ENOSYS");
    /** -1 on most BSDs, which have no such error. */
    public static final int ETIME = HERE.number("ETIME");
    /** -1 on BSDs. */
    public static final int EBADFD = HERE.number("EBADFD");

    public static final int ENOTSOCK = HERE.number("ENOTSOCK");
    public static final int EOPNOTSUPP = HERE.number("EOPNOTSUPP");
    public static final int EADDRINUSE = HERE.number("EADDRINUSE");
    public static final int ECONNABORTED = HERE.number("ECONNABORTED");
    public static final int ECONNRESET = HERE.number("ECONNRESET");
    public static final int ENOTCONN = HERE.number("ENOTCONN");
    public static final int ETIMEDOUT = HERE.number("ETIMEDOUT");
    public static final int ECONNREFUSED = HERE.number("ECONNREFUSED");
    public static final int EINPROGRESS = HERE.number("EINPROGRESS");
    public static final int EALREADY = HERE.number("EALREADY");
    public static final int EISCONN = HERE.number("EISCONN");
    public static final int ECANCELED = HERE.number("ECANCELED");
    public static final int ELOOP = HERE.number("ELOOP");

    private final Map<String, Integer> numbers = new HashMap<>();

    /** Where in the table the row of a number begins. */
    private final Map<Integer, Integer> rows = new HashMap<>();

    /** Cuts the table by its columns: patterns and streams would cost a JVM's first poller milliseconds. */
    private Errno(Os os, boolean isLinuxOnPower) {
        int column = NUMBERS + NUMBER_WIDTH * Math.max(0, COLUMNS.indexOf(os)); // of an unknown system, Linux's
        for (int row = 0; row < TABLE.length(); row = rowEnd(row) + 1) {
            String digits =
                    TABLE.substring(row + column, row + column + NUMBER_WIDTH).strip();
            if (!digits.equals("-")) {
                String name = nameAt(row);
                int number = isLinuxOnPower && name.equals("EDEADLOCK") ? EDEADLOCK_ON_POWER : Integer.parseInt(digits);
                numbers.put(name, number);
                rows.putIfAbsent(number, row);
            }
        }
    }

    private static int rowEnd(int row) {
        return TABLE.indexOf('\n', row);
    }

    private static String nameAt(int row) {
        return TABLE.substring(row, TABLE.indexOf(' ', row));
    }

    private static String textAt(int row) {
        return TABLE.substring(row + NUMBERS + NUMBER_WIDTH * COLUMNS.size(), rowEnd(row))
                .strip();
    }

    /** The name of an error on this system: {@code EBADF}; for an unknown number, {@code errno 12345}. */
    public static String name(int errno) {
        return HERE.nameOf(errno);
    }

    /** The name and text of an error, as in strace: {@code EBADF (Bad file descriptor)}; or {@code errno 12345}. */
    public static String describe(int errno) {
        return HERE.describeErrno(errno);
    }

    /** The errors of a system; of Linux, unless this is Linux on POWER, those of most processors. */
    public static Errno on(Os os) {
        return os == Os.here() ? HERE : new Errno(os, false);
    }

    /** The number of a name on this object's system, or -1 if it has no such error. */
    public int number(String name) {
        return numbers.getOrDefault(name, UNKNOWN);
    }

    /** {@link #name(int)} for the errors of this object's system. */
    public String nameOf(int errno) {
        Integer row = rows.get(errno);
        return row == null ? "errno " + errno : nameAt(row);
    }

    /** {@link #describe(int)} for the errors of this object's system. */
    public String describeErrno(int errno) {
        Integer row = rows.get(errno);
        return row == null ? nameOf(errno) : nameAt(row) + " (" + textAt(row) + ")";
    }
}
