using System.Globalization;

namespace Fovea.Workbench;

/// <summary>A measured value beside the limit that it crossed.</summary>
/// <param name="What">What was measured, e.g. <c>share of dead units</c>.</param>
/// <param name="Value">The value.</param>
/// <param name="Relation"><c>&gt;</c>, <c>&lt;</c>, <c>&gt;=</c> or <c>&lt;=</c>: how it lies to the limit.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Source">Where the limit comes from, e.g. <c>ours</c>.</param>
public sealed record Crossing(string What, double Value, string Relation, double Limit, string Source)
{
    internal const string Ours = "limit of ours";

    /// <summary>Whether the value lies to the limit as it says.</summary>
    public bool Holds =>
        Relation switch
        {
            ">" => Value > Limit,
            ">=" => Value >= Limit,
            "<" => Value < Limit,
            "<=" => Value <= Limit,
            _ => false,
        };

    /// <summary>E.g. <c>share of dead units 0.91 &gt; 0.5</c>.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{What} {Value:G3} {Relation} {Limit:G3}");
}
