using System.Globalization;

namespace Fovea.Data.Tests;

/// <summary>Numbers are formatted and read with a comma, an odd minus and a group dot while this is alive, as some
/// cultures do.</summary>
internal sealed class CultureScope : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public CultureScope()
    {
        CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat = new NumberFormatInfo
        {
            NumberDecimalSeparator = ",",
            NumberGroupSeparator = ".",
            NegativeSign = "\u2212",
            PositiveSign = "p",
            NaNSymbol = "nicht",
        };
        CultureInfo.CurrentCulture = culture;
    }

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
