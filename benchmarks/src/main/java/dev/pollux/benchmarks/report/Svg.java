// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.geom.Rectangle2D;
import java.io.StringWriter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.jfree.chart.JFreeChart;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/** A chart as SVG: text as text, colours that follow the reader's scheme, nothing fetched from anywhere. */
final class Svg {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";
    private static final Pattern RGB = Pattern.compile("rgb\\((\\d+),(\\d+),(\\d+)\\)");
    private static final FontRenderContext MEASURE = new FontRenderContext(null, true, true);

    private Svg() {}

    /** @param name no other picture's on the same page: the identifiers in it are made of this */
    static String of(JFreeChart chart, int width, int height, String name, String description) {
        try {
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(NAMESPACE, "svg", null);
            SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
            context.setComment("");
            context.setPrecision(2);
            context.setIDGenerator(new Prefixed("p" + Integer.toHexString(name.hashCode())));
            SVGGraphics2D graphics = new SVGGraphics2D(context, false);
            chart.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
            Element svg = graphics.getRoot();
            svg.setAttribute("viewBox", "0 0 " + width + " " + height);
            svg.setAttribute("width", Integer.toString(width));
            svg.setAttribute("height", Integer.toString(height));
            svg.setAttribute("role", "img");
            Element title = document.createElementNS(NAMESPACE, "title");
            title.setTextContent(description);
            svg.insertBefore(title, svg.getFirstChild());
            tidy(svg, 12, false);
            return text(svg);
        } catch (ParserConfigurationException | TransformerException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Short colours; fonts that are there; and the width that the text had when the chart was laid out. */
    private static void tidy(Element element, int outerSize, boolean outerBold) {
        element.removeAttribute("text-rendering");
        element.removeAttribute("xml:space");
        NamedNodeMap attributes = element.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            Attr attribute = (Attr) attributes.item(i);
            Matcher rgb = RGB.matcher(attribute.getValue());
            if (rgb.matches()) {
                attribute.setValue(Ink.hex(new Color(
                        Integer.parseInt(rgb.group(1)),
                        Integer.parseInt(rgb.group(2)),
                        Integer.parseInt(rgb.group(3)))));
            } else if (attribute.getValue().equals("black")) { // what holds where nothing is said
                attribute.setValue(Ink.hex(Ink.TEXT.light));
            } else if (attribute.getName().equals("font-family")) {
                attribute.setValue(String.join(", ", Picture.ALIKE) + ", sans-serif");
            }
        }
        int size = element.hasAttribute("font-size")
                ? (int) Double.parseDouble(element.getAttribute("font-size").replace("px", ""))
                : outerSize;
        boolean bold = element.hasAttribute("font-weight")
                ? element.getAttribute("font-weight").equals("bold")
                : outerBold;
        if (element.getTagName().equals("text")) {
            double width = Picture.font(bold ? Font.BOLD : Font.PLAIN, size)
                    .getStringBounds(element.getTextContent(), MEASURE)
                    .getWidth();
            element.setAttribute("textLength", String.format(Locale.ROOT, "%.1f", width));
            element.setAttribute("lengthAdjust", "spacingAndGlyphs");
        }
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner) {
                tidy(inner, size, bold);
            }
        }
    }

    private static String text(Element svg) throws TransformerException {
        Transformer writer = TransformerFactory.newInstance().newTransformer();
        writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter text = new StringWriter();
        writer.transform(new DOMSource(svg), new StreamResult(text));
        return text.toString().replaceAll("<!--.*?-->", "");
    }

    /** The same, to stand in a file by itself. */
    static String file(String svg) {
        int afterRoot = svg.indexOf('>') + 1;
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + svg.substring(0, afterRoot)
                + "<style>" + Ink.darkCss() + "</style>"
                + svg.substring(afterRoot) + "\n";
    }

    private static final class Prefixed extends SVGIDGenerator {
        private final String prefix;

        Prefixed(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public String generateID(String kind) {
            return prefix + super.generateID(kind);
        }
    }
}
