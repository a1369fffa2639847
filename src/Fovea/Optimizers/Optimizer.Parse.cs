namespace Fovea;

public abstract partial class Optimizer
{
    /// <summary>The texts <see cref="Parse"/> understands, as examples with every option; numbers are the defaults,
    /// flags are off unless given.</summary>
    public static IReadOnlyList<string> Forms { get; } =
    [
        "sgd,momentum=0,dampening=0,nesterov,decay=0,decay-all",
        "adam,beta1=0.9,beta2=0.999,eps=1e-8,decay=0,decay-all",
        "adamw,beta1=0.9,beta2=0.999,eps=1e-8,decay=0.01,decay-all",
        "rmsprop,alpha=0.99,eps=1e-8,momentum=0,centered,decay=0,decay-all",
    ];

    /// <summary>Reads an optimizer from a text such as <c>sgd,momentum=0.9,nesterov,decay=5e-4</c>: a name and options,
    /// see <see cref="Forms"/>.</summary>
    /// <param name="text">The text. <c>decay</c> is the weight decay of filters and matrices; with <c>decay-all</c> of
    /// every parameter, see <see cref="ParameterGroups.Of"/>.</param>
    /// <param name="model">The network.</param>
    /// <param name="learningRate">The first learning rate, 0 or more.</param>
    /// <exception cref="ArgumentException">The text is not one of the forms, or a value is out of its range; the
    /// message lists what exists.</exception>
    public static Optimizer Parse(string text, Module model, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(text);
        OptionText options = OptionText.Parse("Optimizer", text, Forms);
        double decay = options.Number("decay", options.Name == "adamw" ? 0.01 : 0.0);
        IReadOnlyList<ParameterGroup> groups = ParameterGroups.Of(model, decay, options.Flag("decay-all"));
        double momentum = options.Number("momentum", 0.0),
            epsilon = options.Number("eps", 1e-8);
        double beta1 = options.Number("beta1", 0.9),
            beta2 = options.Number("beta2", 0.999);
        return options.Name switch
        {
            "sgd" => new SGD(
                groups,
                learningRate,
                momentum,
                options.Number("dampening", 0.0),
                options.Flag("nesterov")
            ),
            "adam" => new Adam(groups, learningRate, beta1, beta2, epsilon),
            "adamw" => new AdamW(groups, learningRate, beta1, beta2, epsilon),
            _ => new RMSprop(
                groups,
                learningRate,
                options.Number("alpha", 0.99),
                epsilon,
                momentum,
                options.Flag("centered")
            ),
        };
    }
}
