namespace Fovea.Faults;

/// <content>Problems put aside: other kinds of networks, on data that no threshold was set on.</content>
internal sealed partial record Problem
{
    /// <summary>The problems that the faults put aside are planted in.</summary>
    public static IReadOnlyList<Problem> Aside { get; } =
    [
        new(AsideNets.Vgg, AsideData.Tinted, "sgd,momentum=0.9", 0.02, IsHeldOut: true),
        new(AsideNets.Inverted, "fashion-mnist", "sgd,momentum=0.9,nesterov,decay=1e-4", 0.05, IsHeldOut: true),
        new(AsideNets.Dense, "Plane", "adam", 0.003, IsHeldOut: true),
        new(AsideNets.Grouped, "CBF", "adamw", 0.003, IsHeldOut: true),
        new(AsideNets.Classic, "fashion-mnist", "sgd,momentum=0.9", 0.03, IsHeldOut: true),
        new("inception_time(width=0.25,depth=3)", "Trace", "adam", 0.003, IsHeldOut: true),
        new(AsideNets.Strided, AsideData.TwoDots, "rmsprop", 0.001, IsHeldOut: true),
    ];
}

/// <summary>Networks of the problems put aside, as text.</summary>
internal static class AsideNets
{
    /// <summary>As VGG: pairs of 3x3 convolutions, no normalization.</summary>
    public const string Vgg =
        "conv 12 3 padding=same; relu; conv 12 3 padding=same; relu; maxpool 2; conv 24 3 padding=same; relu; conv 24 3 padding=same; relu; maxpool 4; flatten; linear 48; relu; linear classes";

    /// <summary>As MobileNetV2: inverted residuals.</summary>
    public const string Inverted =
        "conv 12 3 stride=2 padding=1 bias=false; bn; relu6; residual { conv 36 1 bias=false; bn; relu6; depthwise 3 padding=1 bias=false; bn; relu6; conv 12 1 bias=false; bn }; conv 48 1 bias=false; bn; relu6; depthwise 3 stride=2 padding=1 bias=false; bn; relu6; conv 24 1 bias=false; bn; conv 64 1 bias=false; bn; relu6; globalavgpool flatten=true; linear classes";

    /// <summary>As DenseNet, for series.</summary>
    public const string Dense =
        "conv 16 7 padding=same bias=false; maxpool 2; repeat 2 { concat { } { bn; relu; conv 12 5 padding=same bias=false } }; bn; relu; conv channels/2 1 bias=false; avgpool 2; repeat 2 { concat { } { bn; relu; conv 12 5 padding=same bias=false } }; bn; relu; globalavgpool flatten=true; linear classes";

    /// <summary>Group normalization, GELU and strides, for series.</summary>
    public const string Grouped =
        "conv 16 7 stride=2 padding=3; groupnorm 4; gelu; conv 32 5 stride=2 padding=2; groupnorm 4; gelu; conv 32 3 padding=same; groupnorm 4; gelu; globalavgpool flatten=true; linear classes";

    /// <summary>As LeNet of 1998: tanh and average pooling.</summary>
    public const string Classic =
        "conv 6 5 padding=same; tanh; avgpool 2; conv 16 5; tanh; avgpool 2; flatten; linear 84; tanh; linear classes";

    /// <summary>Convolutions that see the whole picture.</summary>
    public const string Strided =
        "conv 12 3 padding=same; relu; maxpool 2; conv 16 3 padding=same; relu; maxpool 2; conv 24 3 padding=same; relu; conv 32 3 padding=same; relu; maxpool 2; flatten; linear 32; relu; linear classes";
}
