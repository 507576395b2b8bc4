// SPDX-License-Identifier: Apache-2.0
package dev.pollux.abi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.abi.Epoll.Layout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Linux 5.15 include/uapi/linux/eventpoll.h, and glibc's sys/epoll.h compiled on x86-64. */
class EpollTest {
    @ParameterizedTest
    @CsvSource({
        "amd64, 12, 4",
        "x86_64, 12, 4",
        "aarch64, 16, 8",
        "riscv64, 16, 8",
        "ppc64le, 16, 8",
        "s390x, 16, 8",
        "loongarch64, 16, 8",
    })
    void theEventIsPackedOnX8664Alone(String osArch, int sizeBytes, int dataOffset) {
        assertThat(Epoll.layout(osArch)).isEqualTo(new Layout(sizeBytes, 0, dataOffset));
    }

    @Test
    void theLayoutHereIsThatOfThisProcessor() {
        assertThat(Epoll.layout()).isEqualTo(Epoll.layout(System.getProperty("os.arch")));
    }

    @Test
    void theNumbersAreThoseOfTheHeader() {
        assertThat(Epoll.EPOLL_CLOEXEC).isEqualTo(0x80000);
        assertThat(Epoll.EPOLL_CTL_ADD).isEqualTo(1);
        assertThat(Epoll.EPOLL_CTL_DEL).isEqualTo(2);
        assertThat(Epoll.EPOLL_CTL_MOD).isEqualTo(3);
        assertThat(Epoll.EPOLLIN).isEqualTo(0x1);
        assertThat(Epoll.EPOLLPRI).isEqualTo(0x2);
        assertThat(Epoll.EPOLLOUT).isEqualTo(0x4);
        assertThat(Epoll.EPOLLERR).isEqualTo(0x8);
        assertThat(Epoll.EPOLLHUP).isEqualTo(0x10);
        assertThat(Epoll.EPOLLRDHUP).isEqualTo(0x2000);
        assertThat(Epoll.EPOLLEXCLUSIVE).isEqualTo(0x10000000);
        assertThat(Epoll.EPOLLWAKEUP).isEqualTo(0x20000000);
        assertThat(Epoll.EPOLLONESHOT).isEqualTo(0x40000000);
        assertThat(Epoll.EPOLLET).isEqualTo(0x80000000);
    }

    /** Linux 6.9 include/uapi/linux/eventpoll.h, with _IOW and _IOR of asm-generic/ioctl.h and of powerpc's. */
    @ParameterizedTest
    @CsvSource({
        "amd64, 0x40088a01, 0x80088a02",
        "aarch64, 0x40088a01, 0x80088a02",
        "riscv64, 0x40088a01, 0x80088a02",
        "s390x, 0x40088a01, 0x80088a02",
        "ppc64le, 0x80088a01, 0x40088a02",
    })
    void theRequestsOfBusyPollingAreThoseOfTheProcessor(String osArch, long set, long get) {
        assertThat(Epoll.epiocsparams(osArch)).isEqualTo(set);
        assertThat(Epoll.epiocgparams(osArch)).isEqualTo(get);
    }

    @Test
    void theRequestsHereAreThoseOfThisProcessor() {
        String here = System.getProperty("os.arch");
        assertThat(Epoll.EPIOCSPARAMS).isEqualTo(Epoll.epiocsparams(here));
        assertThat(Epoll.EPIOCGPARAMS).isEqualTo(Epoll.epiocgparams(here));
    }

    @Test
    void anOperationHasAName() {
        assertThat(Epoll.opName(1)).isEqualTo("EPOLL_CTL_ADD");
        assertThat(Epoll.opName(2)).isEqualTo("EPOLL_CTL_DEL");
        assertThat(Epoll.opName(3)).isEqualTo("EPOLL_CTL_MOD");
    }

    @Test
    void anUnknownOperationIsShownAsANumber() {
        assertThat(Epoll.opName(4)).isEqualTo("4");
        assertThat(Epoll.opName(-1)).isEqualTo("-1");
    }
}
