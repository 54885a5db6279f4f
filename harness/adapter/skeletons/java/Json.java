import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** As much of JSON as the protocol needs; use your own library instead if you have one. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** Maps, lists, strings, numbers (as Double), booleans and null. */
    static Object read(String text) {
        return new Json(text).value();
    }

    private char skip() {
        while (Character.isWhitespace(text.charAt(at))) at++;
        return text.charAt(at);
    }

    private Object value() {
        char first = skip();
        if (first == '"') return string();
        if (first == '{') {
            Map<String, Object> map = new LinkedHashMap<>();
            for (at++; skip() != '}'; ) {
                String key = string();
                skip();
                at++;
                map.put(key, value());
                if (skip() == ',') {
                    at++;
                    skip();
                }
            }
            at++;
            return map;
        }
        if (first == '[') {
            List<Object> list = new ArrayList<>();
            for (at++; skip() != ']'; ) {
                list.add(value());
                if (skip() == ',') at++;
            }
            at++;
            return list;
        }
        int from = at;
        while (at < text.length() && ",]} \t".indexOf(text.charAt(at)) < 0) at++;
        String word = text.substring(from, at);
        return switch (word) {
            case "null" -> null;
            case "true", "false" -> Boolean.valueOf(word);
            default -> Double.valueOf(word);
        };
    }

    private String string() {
        StringBuilder read = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            char one = text.charAt(at);
            if (one == '\\') {
                one = text.charAt(++at);
                if (one == 'u') {
                    one = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                    at += 4;
                } else {
                    int control = "bfnrt".indexOf(one);
                    if (control >= 0) one = "\b\f\n\r\t".charAt(control);
                }
            }
            read.append(one);
        }
        at++;
        return read.toString();
    }

    static String write(Object value) {
        if (value instanceof Map<?, ?> map) {
            List<String> fields = new ArrayList<>();
            map.forEach((key, one) -> fields.add(write(key) + ":" + write(one)));
            return "{" + String.join(",", fields) + "}";
        }
        if (value instanceof List<?> list) return "[" + String.join(",", list.stream().map(Json::write).toList()) + "]";
        if (!(value instanceof String string)) return String.valueOf(value);
        StringBuilder written = new StringBuilder("\"");
        for (char one : string.toCharArray()) {
            if (one == '"' || one == '\\') written.append('\\').append(one);
            else if (one < ' ') written.append(String.format("\\u%04x", (int) one));
            else written.append(one);
        }
        return written.append('"').toString();
    }
}
