// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.entity.ChartEntity;
import org.jfree.chart.plot.Plot;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * A chart as SVG, with a tooltip for each value.
 *
 * @param name the file name, without its ending
 */
record Picture(String name, String svg) {
    static final int WIDTH = 1000;

    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    /** @param name of no other picture on the same page: the identifiers in the SVG are made of it */
    static Picture of(String name, String title, Plot plot, int height) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        JFreeChart chart = new JFreeChart(title, plot);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(chart.getTitle().getFont().deriveFont(15f));
        chart.getLegend().setFrame(BlockBorder.NONE);
        try {
            return new Picture(name, svg(chart, name, height));
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String svg(JFreeChart chart, String name, int height)
            throws ParserConfigurationException, IOException {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .getDOMImplementation()
                .createDocument(NAMESPACE, "svg", null);
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
        context.setComment(null);
        context.setPrecision(1);
        String prefix = "p" + Integer.toHexString(name.hashCode());
        context.setIDGenerator(new SVGIDGenerator() {
            @Override
            public String generateID(String kind) {
                return prefix + super.generateID(kind);
            }
        });
        SVGGraphics2D graphics = new SVGGraphics2D(context, false);
        ChartRenderingInfo info = new ChartRenderingInfo();
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height), info);
        Element svg = graphics.getRoot();
        svg.setAttribute("viewBox", "0 0 " + WIDTH + " " + height);
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", chart.getTitle().getText());
        for (Object each : info.getEntityCollection().getEntities()) {
            if (each instanceof ChartEntity entity && entity.getToolTipText() != null) {
                svg.appendChild(tooltip(document, entity));
            }
        }
        StringWriter text = new StringWriter();
        graphics.stream(svg, text, false, false);
        return text.toString().replaceFirst("(?s)^.*?(?=<svg)", ""); // so that it fits into a page too
    }

    private static Element tooltip(Document document, ChartEntity entity) {
        Rectangle2D area = entity.getArea().getBounds2D();
        Element circle = document.createElementNS(NAMESPACE, "circle");
        circle.setAttribute("cx", Long.toString(Math.round(area.getCenterX())));
        circle.setAttribute("cy", Long.toString(Math.round(area.getCenterY())));
        circle.setAttribute("r", "6");
        circle.setAttribute("fill-opacity", "0");
        circle.setAttribute("stroke", "none");
        Element title = document.createElementNS(NAMESPACE, "title");
        title.setTextContent(entity.getToolTipText());
        circle.appendChild(title);
        return circle;
    }

    static BasicStroke stroke(boolean dashed) {
        return dashed
                ? new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0)
                : new BasicStroke(1.6f);
    }
}
