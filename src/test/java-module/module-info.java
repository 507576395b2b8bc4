// SPDX-License-Identifier: Apache-2.0
module app.modular {
    requires dev.pollux;
}
