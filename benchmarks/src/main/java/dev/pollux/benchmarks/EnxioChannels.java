// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import jnr.enxio.channels.NativeDeviceChannel;
import jnr.enxio.channels.NativeSelectorProvider;

/** The channels of jnr-enxio, on descriptors that are open already and not its to close. */
final class EnxioChannels {
    private final NativeDeviceChannel[] channels;

    EnxioChannels(Ends ends) {
        channels = new NativeDeviceChannel[ends.count()];
        for (int i = 0; i < channels.length; i++) {
            channels[i] = open(ends.fd(i));
        }
    }

    static NativeDeviceChannel open(int fd) {
        try {
            NativeDeviceChannel channel = new NativeDeviceChannel(
                    NativeSelectorProvider.getInstance(), fd, SelectionKey.OP_READ | SelectionKey.OP_WRITE, false);
            channel.configureBlocking(false);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SelectableChannel channel(int index) {
        return channels[index];
    }
}
