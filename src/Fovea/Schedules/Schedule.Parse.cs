namespace Fovea;

public abstract partial class Schedule
{
    /// <summary>The texts <see cref="Parse"/> understands, as examples with every option at its default (the value
    /// after a name must be given).</summary>
    public static IReadOnlyList<string> Forms { get; } =
    [
        "constant,warmup=0",
        "step=30ep,gamma=0.1,warmup=0",
        "multistep=30ep/60ep,gamma=0.1,warmup=0",
        "exponential=0.95,warmup=0",
        "cosine,min=0,warmup=0",
        "onecycle,peak=0.3,div=25,final=1e4,warmup=0",
        "plateau,factor=0.1,patience=10,min=0,threshold=1e-4,cooldown=0,warmup=0",
    ];

    /// <summary>Reads a schedule from a text such as <c>cosine,warmup=500</c>: a name and options, see
    /// <see cref="Forms"/>.</summary>
    /// <param name="text">The text. Lengths are in optimizer steps, <c>500</c>, or in epochs, <c>30ep</c>;
    /// <c>exponential=0.95</c> is a factor each epoch.</param>
    /// <param name="totalSteps">Optimizer steps of the whole training, 1 or more.</param>
    /// <param name="stepsPerEpoch">Optimizer steps of an epoch, 1 or more.</param>
    /// <exception cref="ArgumentException">The text is not one of the forms, or a value is out of its range; the
    /// message lists what exists.</exception>
    public static Schedule Parse(string text, long totalSteps, long stepsPerEpoch)
    {
        ArgumentNullException.ThrowIfNull(text);
        OptionRange.Count("Schedule", "the number of steps", totalSteps);
        OptionRange.Count("Schedule", "the number of steps of an epoch", stepsPerEpoch);
        OptionText options = OptionText.Parse("Schedule", text, Forms);
        Schedule schedule = options.Name switch
        {
            "constant" => new ConstantSchedule(),
            "step" => new StepSchedule(
                options.LengthsValue(stepsPerEpoch) is [long every] ? every : throw OneLength(text),
                options.Number("gamma", 0.1)
            ),
            "multistep" => new MultiStep(options.LengthsValue(stepsPerEpoch), options.Number("gamma", 0.1)),
            "exponential" => new Exponential(options.NumberValue(), stepsPerEpoch),
            "cosine" => new Cosine(totalSteps, options.Number("min", 0.0)),
            "onecycle" => new OneCycle(
                totalSteps,
                options.Number("peak", 0.3),
                options.Number("div", 25.0),
                options.Number("final", 1e4)
            ),
            _ => new Plateau(
                options.Number("factor", 0.1),
                options.Whole("patience", 10),
                options.Number("min", 0.0),
                options.Number("threshold", 1e-4),
                options.Whole("cooldown", 0)
            ),
        };
        long warmup = options.Length("warmup", stepsPerEpoch);
        return warmup == 0 ? schedule : new Warmup(warmup, schedule);
    }

    private static ArgumentException OneLength(string text) =>
        new($"Schedule 'step': needs one length, got '{text}'. Several are milestones: use multistep.");
}
