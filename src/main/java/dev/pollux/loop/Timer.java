// SPDX-License-Identifier: Apache-2.0
package dev.pollux.loop;

import java.util.Arrays;

/** Something that an {@link EventLoop} does later, once or again and again. */
public final class Timer {
    private final Heap heap;
    private final Runnable task;
    private final long periodNanos;
    private long deadlineNanos;
    private long order;
    private int index = -1;

    /** With a period of 0 it comes once. */
    Timer(Heap heap, Runnable task, long deadlineNanos, long periodNanos) {
        this.heap = heap;
        this.task = task;
        this.deadlineNanos = deadlineNanos;
        this.periodNanos = periodNanos;
    }

    /**
     * When this returns the task does not begin any more; one that is running is not waited for. From any thread, and
     * from inside the task.
     *
     * @return whether it would have run otherwise: false if it has run for the last time, was cancelled before, or its
     *     loop is closed
     */
    public boolean cancel() {
        return heap.remove(this);
    }

    /** Two points of {@link System#nanoTime} may lie on different sides of the overflow; their difference does not. */
    private boolean isBefore(Timer other) {
        long nanos = deadlineNanos - other.deadlineNanos;
        return nanos < 0 || nanos == 0 && order < other.order;
    }

    /** The timers that are to come, the next one first: a binary heap, in which each timer knows its place. */
    static final class Heap {
        private Timer[] timers = new Timer[16];
        private int size;
        private long lastOrder;

        /** Whether it is the next one now. */
        synchronized boolean add(Timer timer) {
            if (size == timers.length) {
                timers = Arrays.copyOf(timers, 2 * size);
            }
            timer.order = ++lastOrder;
            moveUp(timer, size++);
            return timer.index == 0;
        }

        /** Whether it was there. */
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
         * The task of the next timer, if its deadline has passed. What is scheduled from now on has a later one, so a
         * row of these calls with the same time comes to an end.
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

        /** How long until the next one; negative if there is none. */
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
