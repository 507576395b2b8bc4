// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.web;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Eventually;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window. Its programs are those of the system: Selenium downloads none. */
public final class Browser implements AutoCloseable {
    /** Not Chrome, which updates itself away from its driver. */
    private static final List<String> CHROMIUM = List.of("chromium", "chromium-browser");

    /** It warns that Selenium has no Java classes for the protocol of this Chromium; nobody uses them. */
    private static final Logger CDP = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    /** Texts whose contrast against what is behind them is below 4.5, the AA of WCAG 2. */
    private static final String LOW_CONTRAST = """
            const parse = color => color.match(/[\\d.]+/g).map(Number);
            const luminance = ([r, g, b]) => [r, g, b].map(each => each / 255)
                .map(each => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
                .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
            const behind = element => {
              for (let each = element; each; each = each.parentElement) {
                const color = parse(getComputedStyle(each).backgroundColor);
                if (color.length === 3 || color[3] > 0) return color;
              }
              return [255, 255, 255];
            };
            const low = [];
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
              const element = walker.currentNode.parentElement;
              if (!walker.currentNode.data.trim() || element.closest('svg, script, [hidden]')) continue;
              const pair = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))].sort();
              const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
              if (ratio < 4.5) low.push(`${ratio.toFixed(1)} ${walker.currentNode.data}`);
            }
            return low;
            """;

    public final ChromeDriver driver;
    private final Set<Thread> othersThreads;

    private Browser(ChromeDriver driver, Set<Thread> othersThreads) {
        this.driver = driver;
        this.othersThreads = othersThreads;
    }

    /** Starts the browser; skips the test where there is none. */
    public static Browser open() {
        File browser = program(CHROMIUM);
        File chromedriver = program(List.of("chromedriver"));
        assumeTrue(browser != null, "no " + CHROMIUM + " on PATH; Debian's packages are chromium and chromium-driver");
        assumeTrue(chromedriver != null, "no chromedriver on PATH; Debian's package is chromium-driver");
        CDP.setLevel(Level.OFF);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.WARNING);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser);
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu");
        options.addArguments("--disable-background-networking", "--no-proxy-server", "--window-size=1280,900");
        Set<Thread> othersThreads = Http.selectorThreads();
        ChromeDriver driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(chromedriver)
                        .usingAnyFreePort()
                        .build(),
                options);
        driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(Eventually.DEADLINE_SECONDS));
        return new Browser(driver, othersThreads);
    }

    private static File program(List<String> names) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> names.stream().map(name -> new File(folder, name)))
                .filter(File::canExecute)
                .findFirst()
                .orElse(null);
    }

    @SuppressWarnings("unchecked") // the caller knows what its script returns
    public <T> T script(String script, Object... arguments) {
        return (T) driver.executeScript(script, arguments);
    }

    /** Waits until the page is in a state; the page itself looks, after each change. */
    public void await(String condition) {
        driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                const holds = () => %s;
                if (holds()) { done(); return; }
                const observer = new MutationObserver(() => { if (holds()) { observer.disconnect(); done(); } });
                observer.observe(document.body, {attributes: true, childList: true, subtree: true});
                """.formatted(condition));
    }

    public void width(int width) {
        size(width, 900);
    }

    private void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Pretends that the user prefers this. */
    public void prefers(String feature, String value) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    /** Keeps a picture of the whole page at this width. */
    public void screenshot(int width, Path file) throws IOException {
        Long height = script("return document.body.scrollHeight");
        size(width, height.intValue());
        Object data =
                driver.executeCdpCommand("Page.captureScreenshot", Map.of()).get("data");
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, Base64.getDecoder().decode(data.toString()));
        width(width);
    }

    /** The texts whose contrast is too low. */
    public List<String> textsOfLowContrast() {
        return script(LOW_CONTRAST);
    }

    /** What the browser complained about, such as a request to elsewhere. */
    public List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .toList();
    }

    /** Returns when Selenium's HTTP clients have closed their selectors, whose descriptors other tests would count. */
    @Override
    public void close() {
        driver.quit();
        Eventually.until("Selenium's HTTP clients are collected", () -> {
            System.gc();
            return othersThreads.containsAll(Http.selectorThreads());
        });
    }
}
