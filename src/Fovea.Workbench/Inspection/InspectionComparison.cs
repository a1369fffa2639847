namespace Fovea.Workbench;

/// <summary>A number of two networks.</summary>
/// <param name="Name">In camel case.</param>
/// <param name="A">Of the first.</param>
/// <param name="B">Of the second.</param>
public sealed record ComparedNumber(string Name, long A, long B)
{
    /// <summary>The second less the first.</summary>
    public long Difference => B - A;

    /// <summary>The second over the first; not a number where the first is 0.</summary>
    public double Ratio => A == 0 ? double.NaN : (double)B / A;
}

/// <summary>A question that comes out otherwise.</summary>
/// <param name="A">The first network's answer; null where the question was not asked of it.</param>
/// <param name="B">The second's.</param>
public sealed record ComparedAnswer(Answer? A, Answer? B)
{
    /// <summary>The question's number.</summary>
    public string Id => (A ?? B)!.Id;

    /// <summary>The question.</summary>
    public string Question => (A ?? B)!.Question;
}

/// <summary>Two networks side by side.</summary>
public sealed class InspectionComparison
{
    /// <summary>Compares.</summary>
    /// <param name="a">The first.</param>
    /// <param name="b">The second, counted by the same convention for the same batch.</param>
    public InspectionComparison(Inspection a, Inspection b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        (A, B) = (a, b);
        Totals =
        [
            new("params", a.Totals.Params, b.Totals.Params),
            new("trainableParams", a.Totals.TrainableParams, b.Totals.TrainableParams),
            new("macs", a.Totals.Macs, b.Totals.Macs),
            new("activationBytes", a.Totals.ActivationBytes, b.Totals.ActivationBytes),
            new("trainingBytes", a.Totals.TrainingBytes, b.Totals.TrainingBytes),
            new("layers", a.Layers.Count, b.Layers.Count),
            new("layersWithParams", a.Layers.Count(l => l.Params > 0), b.Layers.Count(l => l.Params > 0)),
        ];
        Answers =
        [
            .. a
                .Answers.Concat(b.Answers)
                .Select(x => x.Id)
                .Distinct()
                .Select(id => new ComparedAnswer(
                    a.Answers.FirstOrDefault(x => x.Id == id),
                    b.Answers.FirstOrDefault(x => x.Id == id)
                ))
                .Where(c => c.A?.Verdict != c.B?.Verdict),
        ];
    }

    /// <summary>The first.</summary>
    public Inspection A { get; }

    /// <summary>The second.</summary>
    public Inspection B { get; }

    /// <summary>Totals and counts of layers.</summary>
    public IReadOnlyList<ComparedNumber> Totals { get; }

    /// <summary>Questions whose verdict differs, worst of the first network first.</summary>
    public IReadOnlyList<ComparedAnswer> Answers { get; }
}
