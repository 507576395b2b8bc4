// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall.jni;

import static java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;

import dev.pollux.abi.NativeAccess;
import dev.pollux.abi.Os;
import dev.pollux.abi.PropertyNames;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AccessController;
import java.security.CodeSource;
import java.security.PrivilegedAction;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * The native library behind {@link Shim}, loaded once. If {@link #FILE_PROPERTY} is set, only that file is tried. Else
 * it is {@code libpollux} in {@code java.library.path}, or else the one in this jar, beside this class.
 */
final class ShimLibrary {
    /** The system property that names the library's file. If it is set, no other is tried. */
    static final String FILE_PROPERTY = PropertyNames.of("native.library");

    /** The system property that names the folder to unpack the jar's library into; it is deleted after loading. */
    static final String TMPDIR_PROPERTY = PropertyNames.of("native.tmpdir");

    /** The system property from which JNI_OnLoad ({@code native/load.c}) reads the class name of {@link Shim}. */
    private static final String CLASS_PROPERTY = PropertyNames.of("native.class");

    private static final String PATH_FOLLOWS = "in java.library.path:";
    private static final String NAME = "pollux";
    private static final String FILE = System.mapLibraryName(NAME);
    private static final int ATTEMPTS = 100;
    private static final String WAY_OUT = "-D" + TMPDIR_PROPERTY + "=DIR unpacks it elsewhere";

    /** Null if the library is loaded, else why not. */
    private static final String FAILURE = loadWithOwnRights();

    private ShimLibrary() {}

    /** @throws UnsatisfiedLinkError if the library cannot be loaded; the message says from where */
    static void require() {
        if (FAILURE != null) {
            throw new UnsatisfiedLinkError(FAILURE);
        }
    }

    /** Under a security manager, the first caller may have fewer rights than Pollux. */
    @SuppressWarnings("removal")
    private static String loadWithOwnRights() {
        return AccessController.doPrivileged(new PrivilegedAction<>() {
            @Override
            public String run() {
                return load();
            }
        });
    }

    private static String load() {
        try {
            String file = System.getProperty(FILE_PROPERTY);
            if (file == null) {
                loadInstalledOrPacked();
            } else {
                loadNamed(file);
            }
            return null;
        } catch (UnsatisfiedLinkError e) {
            return e.getMessage();
        } catch (IllegalCallerException e) {
            return e.getMessage() + "; " + NativeAccess.wayOut(ShimLibrary.class);
        }
    }

    /**
     * Loads a file; null means the library in {@code java.library.path}. Several copies of Pollux, relocated or in
     * several class loaders, share the property, so they share a lock.
     */
    private static void loadShim(File file) {
        synchronized (Runtime.getRuntime()) {
            System.setProperty(CLASS_PROPERTY, Shim.class.getName().replace('.', '/'));
            try {
                if (file == null) {
                    System.loadLibrary(NAME);
                } else {
                    System.load(file.getAbsolutePath());
                }
            } finally {
                System.clearProperty(CLASS_PROPERTY);
            }
        }
    }

    private static void loadNamed(String file) {
        try {
            loadShim(new File(file));
        } catch (UnsatisfiedLinkError e) {
            throw new UnsatisfiedLinkError("-D" + FILE_PROPERTY + "=" + file + ": " + e.getMessage());
        }
        requireVersion(file);
    }

    private static void loadInstalledOrPacked() {
        String notInstalled = loadInstalled();
        if (notInstalled != null) {
            try {
                loadPacked(platform(System.getProperty("os.name"), System.getProperty("os.arch")) + "/" + FILE);
            } catch (UnsatisfiedLinkError notPacked) {
                throw new UnsatisfiedLinkError(notInstalled + "; " + notPacked.getMessage());
            }
        }
    }

    /** Returns null, or why there is none. */
    private static String loadInstalled() {
        try {
            loadShim(null);
        } catch (UnsatisfiedLinkError e) {
            return withoutPath(e.getMessage());
        }
        requireVersion(FILE + " in java.library.path");
        return null;
    }

    /** Removes the path, which the JVM appends and which is long. */
    private static String withoutPath(String message) {
        int path = message.indexOf(PATH_FOLLOWS);
        return path < 0 ? message : message.substring(0, path + PATH_FOLLOWS.length() - 1);
    }

    private static void loadPacked(String resource) {
        try (JarFile jar = ownJar();
                InputStream packed = open(resource, jar)) {
            if (packed == null) {
                throw new UnsatisfiedLinkError("no " + resource + " in this build of Pollux");
            }
            loadFrom(privateFolder().resolve(FILE), packed);
        } catch (IOException e) {
            throw new UnsatisfiedLinkError(resource + " cannot be unpacked: " + e + "; " + WAY_OUT);
        }
        requireVersion(resource);
    }

    /**
     * The jar of this class; null if it is not a plain file. A class loader would search the JDK's image before the
     * jar, which takes longer than the rest of this class.
     */
    private static JarFile ownJar() {
        CodeSource source = ShimLibrary.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null || !location.getProtocol().equals("file")) {
            return null;
        }
        try {
            return new JarFile(new File(location.toURI()));
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns null if there is no such resource. */
    private static InputStream open(String resource, JarFile jar) throws IOException {
        if (jar == null) {
            return ShimLibrary.class.getResourceAsStream(resource);
        }
        ZipEntry entry = jar.getEntry(ShimLibrary.class.getPackageName().replace('.', '/') + "/" + resource);
        return entry == null ? null : jar.getInputStream(entry);
    }

    /**
     * Creates a folder that only this user can enter. Somebody who predicts its name can only occupy it; then another
     * name is tried. So the name need not come from a {@link java.security.SecureRandom}, as with
     * {@link Files#createTempDirectory}, which would take a fifth of the time of a JVM's first poller.
     */
    static Path privateFolder() throws IOException {
        Path parent = Path.of(System.getProperty(TMPDIR_PROPERTY, System.getProperty("java.io.tmpdir")))
                .toAbsolutePath();
        for (int attempt = 1; ; attempt++) {
            try {
                return createPrivate(parent.resolve(NAME + Long.toUnsignedString(System.nanoTime())));
            } catch (FileAlreadyExistsException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** @throws FileAlreadyExistsException if anything has that name, even a dangling link */
    static Path createPrivate(Path folder) throws IOException {
        return Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(Set.of(OWNER_READ, OWNER_WRITE, OWNER_EXECUTE)));
    }

    /** Loads the library, then deletes the file and its folder: a mapped file needs no name. */
    private static void loadFrom(Path file, InputStream packed) throws IOException {
        try {
            try (OutputStream unpacked = new FileOutputStream(file.toFile())) {
                packed.transferTo(unpacked);
            }
            loadShim(file.toFile());
        } catch (UnsatisfiedLinkError e) {
            throw new UnsatisfiedLinkError(e.getMessage() + adviceFor(e.getMessage()));
        } finally {
            deleteIfPossible(file);
            deleteIfPossible(file.getParent());
        }
    }

    /** The linker's words, of glibc or musl, when a folder is mounted noexec; other failures have other reasons. */
    private static String adviceFor(String message) {
        boolean isRefused = message.contains("failed to map segment") || message.contains("not permitted");
        return isRefused ? "; the folder may be mounted noexec: " + WAY_OUT : "";
    }

    /**
     * Some file systems cannot delete a mapped file: it is then deleted when the JVM ends, or stays in its private
     * folder.
     */
    private static void deleteIfPossible(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            path.toFile().deleteOnExit();
        }
    }

    /** Checks now: the functions of another library of that name would fail later, one by one. */
    private static void requireVersion(String library) {
        int version;
        try {
            version = Shim.version();
        } catch (UnsatisfiedLinkError e) {
            throw new UnsatisfiedLinkError(library + " is not the native library of Pollux");
        }
        if (version != Shim.VERSION) {
            throw new UnsatisfiedLinkError(
                    library + " belongs to another version of Pollux: its functions are of version " + version
                            + ", and " + Shim.VERSION + " is needed");
        }
    }

    /** The folder of a platform, named as in JNA: {@code linux-x86-64}. */
    static String platform(String osName, String osArch) {
        String os = switch (Os.named(osName)) {
            case MACOS -> "darwin";
            case SOLARIS -> "sunos";
            case DRAGONFLY -> "dragonflybsd";
            default -> osName.toLowerCase(Locale.ROOT);
        };
        return os + "-" + (osArch.equals("amd64") || osArch.equals("x86_64") ? "x86-64" : osArch);
    }
}
