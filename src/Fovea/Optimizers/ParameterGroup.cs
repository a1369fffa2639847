using System.Globalization;

namespace Fovea;

/// <summary>Parameters that an optimizer treats alike.</summary>
public sealed class ParameterGroup
{
    private double _learningRateScale = 1.0;
    private double _weightDecay;

    /// <summary>Creates a group.</summary>
    /// <param name="parameters">Its parameters, each once.</param>
    public ParameterGroup(IReadOnlyList<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
    }

    /// <summary>Its parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>What reports call the group.</summary>
    public string Name { get; init; } = "";

    /// <summary>A factor on the optimizer's learning rate, 0 or more; 1 at first.</summary>
    /// <exception cref="ArgumentException">Set to a negative value, or one that is not finite.</exception>
    public double LearningRateScale
    {
        get => _learningRateScale;
        set => _learningRateScale = Require(value, "learning rate scale");
    }

    /// <summary>Weight decay, 0 or more; 0 at first. What it is a factor of, the optimizer says.</summary>
    /// <exception cref="ArgumentException">Set to a negative value, or one that is not finite.</exception>
    public double WeightDecay
    {
        get => _weightDecay;
        set => _weightDecay = Require(value, "weight decay");
    }

    /// <summary>E.g. <c>decay: 21 parameters, weight decay 0.0005</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Name.Length == 0 ? "group" : Name)}: {Parameters.Count} parameters, weight decay {WeightDecay:G6}{(LearningRateScale == 1 ? "" : $", learning rate x {LearningRateScale:G6}")}"
        );

    private static double Require(double value, string what) =>
        double.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ParameterGroup: the {what} must be 0 or more and finite, got {value}."
                )
            );
}

/// <summary>The usual division of a network's parameters into groups.</summary>
public static class ParameterGroups
{
    /// <summary>Two groups: <c>decay</c>, filters and matrices with the weight decay, and <c>no decay</c>, all others
    /// without. Empty groups are left out.</summary>
    /// <param name="model">The network, from its root: parameters are named by their path in it.</param>
    /// <param name="weightDecay">Weight decay, 0 or more.</param>
    /// <param name="decayNormAndBias">True for one group <c>all</c>, everything with weight decay, as in PyTorch where
    /// no groups are made.</param>
    /// <remarks>
    /// Decay of biases and of the scales and shifts of normalization does not regularize (He et al., Bag of tricks for
    /// image classification, 2019, section 3.1);
    /// on the slope of a PReLU it pulls towards ReLU (He et al. 2015, section 2.1). What a parameter is, its
    /// <see cref="Parameter.Kind"/> says.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="weightDecay"/> is negative or not finite.</exception>
    public static IReadOnlyList<ParameterGroup> Of(Module model, double weightDecay, bool decayNormAndBias = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        IReadOnlyList<Parameter> parameters = model.Parameters();
        if (decayNormAndBias)
        {
            return [new ParameterGroup(parameters) { Name = "all", WeightDecay = weightDecay }];
        }

        ParameterGroup[] groups =
        [
            new ParameterGroup([.. parameters.Where(p => p.Kind == ParameterKind.Weight)])
            {
                Name = "decay",
                WeightDecay = weightDecay,
            },
            new ParameterGroup([.. parameters.Where(p => p.Kind != ParameterKind.Weight)]) { Name = "no decay" },
        ];
        return [.. groups.Where(g => g.Parameters.Count > 0)];
    }
}
