using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Fovea.Workbench;

/// <summary>Finds questions by type, and asks them.</summary>
public static class QuestionCatalog
{
    /// <summary>The questions of this library, in the order of their numbers. They are named here, so that trimmed and
    /// native programs have them too.</summary>
    public static IReadOnlyList<Question> BuiltIn { get; } =
        Ordered([
            new LayerCost(),
            new StackedKernels(),
            new SeparableSaving(),
            new KernelBeyondMap(),
            new ChannelDepth(),
            new InitialRule(),
            new BrokenSymmetry(),
            new InitialVariance(),
            new InitialLoss(),
            new UselessParameters(),
            new OutputSizes(),
            new UnevenPadding(),
            new EvenInputSizes(),
            new FieldGeometry(),
            new WholeInputSeen(),
            new SuitableInputs(),
            new BorderDimming(),
            new PixelInfluence(),
            new SkippedInput(),
            new Checkerboards(),
            new TileHalo(),
            new GradientScale(),
            new SkipConnections(),
            new NormalizationUse(),
        ]);

    /// <summary>The questions of this library that are answered from what was measured in training
    /// (<see cref="Evidence.Measured"/>), in the order of their numbers. One that has the number of a question of
    /// <see cref="BuiltIn"/> sets what was measured beside what that predicts.</summary>
    public static IReadOnlyList<Question> Measured { get; } =
        Ordered([
            new KernelBeyondMapMeasured(),
            new InitialRuleMeasured(),
            new SymmetryMeasured(),
            new InitialVarianceMeasured(),
            new InitialLossMeasured(),
            new FirstFiltersMeasured(),
            new FiltersMeasured(),
            new FilterImportance(),
            new ActivationsMeasured(),
            new BorderDimmingMeasured(),
            new BorderUnits(),
            new SkippedInputMeasured(),
            new Aliasing(),
            new ShiftStability(),
            new EffectiveFieldMeasured(),
            new GradientsNow(),
            new UnitsAlive(),
            new LayersLearning(),
            new LearningRate(),
            new PositionKept(),
            new DepthDegradation(),
            new SkipsMeasured(),
            new NormalizationMeasured(),
            new Generalization(),
            new CanItLearn(),
            new DepthAgainstData(),
            new ClassesAndInputs(),
            new LossTruth(),
            new FiniteNumbers(),
            new TrainingLoopBooks(),
            new LossFitsTargets(),
        ]);

    /// <summary>The questions of an assembly: every public class derived from <see cref="Question"/> that is not
    /// abstract and has a constructor without parameters, in the order of their numbers.</summary>
    /// <param name="assembly">E.g. the one that holds questions of your own.</param>
    /// <exception cref="ArgumentException">Two have the same number.</exception>
    [RequiresUnreferencedCode(
        "A trimmed program may lack questions that nothing else names. Name them: [.. QuestionCatalog.BuiltIn, new MyQuestion()]."
    )]
    public static IReadOnlyList<Question> From(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return Ordered(
            assembly
                .GetExportedTypes()
                .Where(t => t.IsSubclassOf(typeof(Question)) && !t.IsAbstract && t.GetConstructor([]) is not null)
                .Select(t => (Question)Activator.CreateInstance(t)!)
        );
    }

    /// <summary>Questions in the order of their numbers.</summary>
    /// <param name="questions">Any questions.</param>
    /// <exception cref="ArgumentException">Two have the same number; a measured question may have that of one answered from
    /// structure.</exception>
    public static IReadOnlyList<Question> Ordered(IEnumerable<Question> questions)
    {
        Question[] ordered =
        [
            .. questions.OrderBy(q => q.Group).ThenBy(q => q.Id.Length).ThenBy(q => q.Id, StringComparer.Ordinal),
        ];
        return ordered.GroupBy(q => (q.Id, q is MeasuredQuestion)).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new ArgumentException(
                $"Questions: each needs a number of its own, got {twice.Key.Id} for {string.Join(" and ", twice.Select(q => q.GetType().Name))}."
            )
            : ordered;
    }

    /// <summary>Asks questions. Of a network of several inputs those of the group
    /// <see cref="QuestionGroup.StridePadding"/> are asked about each input, with <see cref="Evidence.PerInput"/>, and
    /// answered in one.</summary>
    /// <param name="evidence">What is known of the network.</param>
    /// <param name="questions">The questions; left out: <see cref="BuiltIn"/>.</param>
    /// <returns>The answers, worst first; equal ones in the order of the questions.</returns>
    public static IReadOnlyList<Answer> Ask(Evidence evidence, IEnumerable<Question>? questions = null) =>
        [.. (questions ?? BuiltIn).Select(q => PerInputAnswers.Of(q, evidence)).OrderBy(a => a.Verdict)];
}
