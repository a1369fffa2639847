namespace Fovea.Models;

/// <summary>The zoo: models by name.</summary>
public static class ModelRegistry
{
    /// <summary>All models, by family.</summary>
    public static IReadOnlyList<ModelEntry> Entries { get; } =
    [
        .. SmallCnn.Entries,
        .. CifarResNet.Entries,
        .. ResNet.Entries,
        .. Vgg.Entries,
        .. AlexNet.Entries,
        .. SqueezeNet.Entries,
        .. DenseNet.Entries,
        .. GoogLeNet.Entries,
        .. MobileNetV1.Entries,
        .. MobileNetV2.Entries,
        .. MobileNetV3.Entries,
        .. EfficientNet.Entries,
        .. MnasNet.Entries,
        .. ShuffleNetV2.Entries,
        .. RegNet.Entries,
        .. SeriesFcn.Entries,
        .. SeriesResNet.Entries,
        .. InceptionTime.Entries,
    ];

    /// <summary>The names of all models.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Select(e => e.Name)];

    /// <summary>Builds a model for data of a given form.</summary>
    /// <param name="text">A name, with arguments or without: <c>resnet20</c>, <c>resnet20(width=2)</c>.</param>
    /// <param name="itemShape">Shape of an item: [C, H, W] for images, [C, L] for series. A <c>channels</c> argument
    /// must agree with it.</param>
    /// <param name="classes">Number of classes of the data, 2 or more. A <c>classes</c> argument must agree with
    /// it.</param>
    /// <returns>The model; its weights are drawn by <see cref="Module.Initialize"/> of seed 0.</returns>
    /// <exception cref="ArgumentException">The name or an argument is unknown or wrong, or the model is for other
    /// data.</exception>
    public static Module Create(string text, Shape itemShape, int classes)
    {
        (ModelEntry entry, ModelArguments arguments) = Find(text);
        RequireAgreement(arguments, "classes", classes);
        if (classes < 2)
        {
            throw new ArgumentException($"Model '{entry.Name}': the data must have 2 or more classes, got {classes}.");
        }

        return Build(entry, arguments, itemShape, classes);
    }

    /// <summary>Builds a model without data, to look at: what is not given is as its designers had it.</summary>
    /// <param name="text">A name, with arguments or without.</param>
    /// <param name="itemShape">Shape of an item; left out: the one the model was designed for, with the <c>channels</c>
    /// and <c>dims</c> asked for.</param>
    /// <returns>The model, and the shape of the items it takes.</returns>
    /// <exception cref="ArgumentException">The name or an argument is unknown or wrong, or the model is for other
    /// items.</exception>
    public static (Module Model, Shape ItemShape) Create(string text, Shape? itemShape = null)
    {
        (ModelEntry entry, ModelArguments arguments) = Find(text);
        Shape shape = itemShape ?? UsualItem(entry, arguments);
        return (Build(entry, arguments, shape, arguments.Integer("classes", entry.Classes)), shape);
    }

    /// <summary>Shape of an item that a model was designed for, with the <c>channels</c> and <c>dims</c> asked
    /// for.</summary>
    /// <param name="text">A name, with arguments or without.</param>
    /// <exception cref="ArgumentException">The name or an argument is unknown or wrong.</exception>
    public static Shape UsualItem(string text)
    {
        (ModelEntry entry, ModelArguments arguments) = Find(text);
        return UsualItem(entry, arguments);
    }

    /// <summary>How a model is usually trained.</summary>
    /// <param name="text">A name, with arguments or without.</param>
    /// <param name="trainItems">Number of training items, 1 or more.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static Recipe Recipe(string text, int trainItems) => Find(text).Entry.Recipe(trainItems);

    /// <summary>The entry and arguments of a model's text.</summary>
    /// <param name="text">A name, with arguments or without.</param>
    /// <exception cref="ArgumentException">The name or an argument is unknown.</exception>
    public static (ModelEntry Entry, ModelArguments Arguments) Find(string text)
    {
        ModelArguments arguments = ModelArguments.Parse(text);
        ModelEntry entry =
            Entries.FirstOrDefault(e => e.Name == arguments.Name)
            ?? throw new ArgumentException(
                LayerWords.All.Contains(text.Trim().Split(' ')[0])
                    ? $"Model '{text}' looks like network text without its first line, the shape of an item: 'input 3x32x32; {text}'."
                    : $"Model '{arguments.Name}' is not in the zoo. {Near(arguments.Name)}"
            );
        string[] known = [.. entry.Arguments, "classes", "channels"];
        return arguments.Given.FirstOrDefault(a => !known.Contains(a)) is { } unknown
            ? throw new ArgumentException(
                $"Model '{entry.Name}' has no argument '{unknown}'; it takes {string.Join(", ", known)}."
            )
            : (entry, arguments);
    }

    private static Module Build(ModelEntry entry, ModelArguments arguments, Shape itemShape, int classes)
    {
        int dims = itemShape.Rank - 1,
            asked = entry.AnyDims ? arguments.Integer("dims", dims) : entry.SpatialRank;
        if (dims is < 1 or > 3 || asked != dims)
        {
            string wanted = asked switch
            {
                1 => "series [C, L]",
                2 => "images [C, H, W]",
                _ => "volumes [C, D, H, W]",
            };
            throw new ArgumentException(
                $"Model '{entry.Name}' is for {wanted}, the items are {itemShape}. {Fitting(entry, asked, dims)}"
            );
        }

        RequireAgreement(arguments, "channels", itemShape[0]);
        return entry.Build(new ModelRequest(arguments, itemShape[0], classes, dims)).Initialize(0);
    }

    private static string Fitting(ModelEntry entry, int asked, int dims)
    {
        if (entry.AnyDims && dims is >= 1 and <= 3)
        {
            return $"Leave dims={asked} out.";
        }

        string[] made = [.. Entries.Where(e => e.SpatialRank == dims).Select(e => e.Name)],
            any = [.. Entries.Where(e => e.AnyDims && e.SpatialRank != dims).Select(e => e.Name)];
        return dims is < 1 or > 3 ? "Items have 1 to 3 spatial axes behind their channels."
            : any.Length == 0 ? $"For these take e.g. {string.Join(", ", made.Take(6))}."
            : made.Length > 0
                ? $"For these take {string.Join(", ", made.Take(6))}, or any model with a dims argument, such as {any[0]}."
            : $"For these take a model with a dims argument, such as {any[0]}.";
    }

    private static Shape UsualItem(ModelEntry entry, ModelArguments arguments)
    {
        int dims = entry.AnyDims ? arguments.Integer("dims", entry.SpatialRank) : entry.SpatialRank;
        int size = entry.Input[-1],
            channels = arguments.Integer("channels", entry.Input[0]);
        return dims <= 3
            ? Shape.Create([channels, .. Enumerable.Repeat(size, dims)])
            : throw new ArgumentException($"Model '{entry.Name}': dims must be 1, 2 or 3, got {dims}.");
    }

    private static void RequireAgreement(ModelArguments arguments, string name, int data)
    {
        int asked = arguments.Integer(name, data);
        if (asked != data)
        {
            throw new ArgumentException(
                $"Model '{arguments.Name}': {name}={asked} does not fit the data, which has {data} {name}. Leave the argument out."
            );
        }
    }

    private static string Near(string name)
    {
        string[] near = NearWords.Of(name, Names);
        return near.Length > 0 ? $"Near names: {string.Join(", ", near)}." : $"The zoo has {string.Join(", ", Names)}.";
    }
}
