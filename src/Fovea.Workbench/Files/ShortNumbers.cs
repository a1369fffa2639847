using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fovea.Workbench;

/// <summary>Writes numbers with six digits, and those that are not finite as words.</summary>
internal sealed class ShortNumbers : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetDouble()
        : double.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double word) ? word
        : throw new JsonException("expected a number, NaN, Infinity or -Infinity");

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
        {
            writer.WriteRawValue(value.ToString("G6", CultureInfo.InvariantCulture), skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
