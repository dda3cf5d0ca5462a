package org.coconutdb.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.Map;
import net.sf.jasperreports.engine.JasperCompileManager;
import net.sf.jasperreports.engine.JasperExportManager;
import net.sf.jasperreports.engine.JasperFillManager;
import net.sf.jasperreports.engine.JasperPrint;
import net.sf.jasperreports.engine.export.JRCsvExporter;
import net.sf.jasperreports.export.SimpleExporterInput;
import net.sf.jasperreports.export.SimpleWriterExporterOutput;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// JasperReports: a report with a query, a parameter, a group and sums, filled and exported.
class JasperReportsTest {
    @ParameterizedTest
    @ValueSource(strings = {"server", "embedded"})
    void aReportIsFilledAndExported(String mode) throws Exception {
        try (ToolServer server = ToolServer.start();
                Connection connection = DriverManager.getConnection(mode.equals("server") ? server.url() : ToolServer.embeddedUrl())) {
            ToolServer.execute(connection,
                    "CREATE TABLE sale (id INT PRIMARY KEY, city VARCHAR(20), day_ DATE, amount DECIMAL(10, 2)) USING SORTED",
                    "INSERT INTO sale SELECT n, CASE WHEN MOD(n, 2) = 0 THEN 'London' ELSE 'Paris' END, DATE '2026-01-01' + n, n * 1.5 "
                            + "FROM GENERATE_SERIES(1, 100) AS g (n)");
            JasperPrint print;
            try (InputStream design = JasperReportsTest.class.getResourceAsStream("Sales.jrxml")) {
                Map<String, Object> parameters = new HashMap<>(Map.of("LEAST", new BigDecimal("10")));
                print = JasperFillManager.fillReport(JasperCompileManager.compileReport(design), parameters, connection);
            }

            ByteArrayOutputStream csv = new ByteArrayOutputStream();
            JRCsvExporter exporter = new JRCsvExporter();
            exporter.setExporterInput(new SimpleExporterInput(print));
            exporter.setExporterOutput(new SimpleWriterExporterOutput(csv, "UTF-8"));
            exporter.exportReport();
            assertThat(csv.toString(StandardCharsets.UTF_8)).contains("London,2026-01-09,12.00").contains("London,,3807.0").contains(
                    "Paris,,3736.5").doesNotContain("9.00,");
            byte[] pdf = JasperExportManager.exportReportToPdf(print);
            assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
            assertThat(print.getPages()).hasSizeGreaterThan(1);
        }
    }
}
