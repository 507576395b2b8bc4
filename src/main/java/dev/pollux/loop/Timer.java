// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import java.util.Arrays;

/** A task that an {@link EventLoop} runs later, once or periodically. */
public final class Timer {
    private final Heap heap;
    private final Runnable task;
    private final long periodNanos;
    private long deadlineNanos;
    private long order;
    private int index = -1;

    /** With a period of 0 the task runs once. */
    Timer(Heap heap, Runnable task, long deadlineNanos, long periodNanos) {
        this.heap = heap;
        this.task = task;
        this.deadlineNanos = deadlineNanos;
        this.periodNanos = periodNanos;
    }

    /**
     * Cancels the task: it does not start after this returns. This does not wait for a task that is running. May be
     * called from any thread, and from inside the task.
     *
     * @return whether this prevented a run: false if the task has run for the last time, was already cancelled, or its
     *     loop is closed
     */
    public boolean cancel() {
        return heap.remove(this);
    }

    /** Compares by the difference: {@link System#nanoTime} may overflow between two deadlines. */
    private boolean isBefore(Timer other) {
        long nanos = deadlineNanos - other.deadlineNanos;
        return nanos < 0 || nanos == 0 && order < other.order;
    }

    /** The pending timers, as a binary heap with the next one first; each timer knows its index. */
    static final class Heap {
        private Timer[] timers = new Timer[16];
        private int size;
        private long lastOrder;

        /** Returns whether it is now the first. */
        synchronized boolean add(Timer timer) {
            if (size == timers.length) {
                timers = Arrays.copyOf(timers, 2 * size);
            }
            timer.order = ++lastOrder;
            moveUp(timer, size++);
            return timer.index == 0;
        }

        /** Returns whether it was in the heap. */
        synchronized boolean remove(Timer timer) {
            int hole = timer.index;
            if (hole < 0) {
                return false;
            }
            timer.index = -1;
            Timer last = timers[--size];
            timers[size] = null;
            if (last != timer) {
                moveDown(last, hole);
                moveUp(last, last.index);
            }
            return true;
        }

        /**
         * The task of the first timer, if its deadline has passed, else null. Timers added meanwhile have later
         * deadlines, so repeated calls with the same time come to an end.
         */
        synchronized Runnable takeDue(long nowNanos) {
            if (size == 0) {
                return null;
            }
            Timer first = timers[0];
            long lateNanos = nowNanos - first.deadlineNanos;
            if (lateNanos <= 0) {
                return null;
            }
            if (first.periodNanos == 0) {
                remove(first);
            } else {
                first.deadlineNanos += (lateNanos / first.periodNanos + 1) * first.periodNanos;
                first.order = ++lastOrder;
                moveDown(first, 0);
            }
            return first.task;
        }

        /** The time until the first deadline; negative if there is no timer. */
        synchronized long nanosToFirst() {
            return size == 0 ? -1 : Math.max(0, timers[0].deadlineNanos - System.nanoTime());
        }

        synchronized void clear() {
            for (int i = 0; i < size; i++) {
                timers[i].index = -1;
            }
            Arrays.fill(timers, null);
            size = 0;
        }

        private void moveUp(Timer timer, int from) {
            int i = from;
            while (i > 0 && timer.isBefore(timers[(i - 1) / 2])) {
                put(i, timers[(i - 1) / 2]);
                i = (i - 1) / 2;
            }
            put(i, timer);
        }

        private void moveDown(Timer timer, int from) {
            int i = from;
            for (int child; (child = 2 * i + 1) < size; i = child) {
                if (child + 1 < size && timers[child + 1].isBefore(timers[child])) {
                    child++;
                }
                if (!timers[child].isBefore(timer)) {
                    break;
                }
                put(i, timers[child]);
            }
            put(i, timer);
        }

        private void put(int index, Timer timer) {
            timers[index] = timer;
            timer.index = index;
        }
    }
}
