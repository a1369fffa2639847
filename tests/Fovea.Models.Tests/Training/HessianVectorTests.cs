namespace Fovea.Models.Tests;

/// <summary>Hessian-vector products, gradients of gradients, against finite differences of gradients in double.</summary>
public sealed class HessianVectorTests
{
    // So small that hardly a unit crosses the kink of its ReLU: at 1e-7 some do, and the slope jumps.
    private const double Step = 1e-8;
    private const double Bound = 1e-6;

    [Theory]
    [InlineData("small_cnn(width=0.5)", 1, 16)]
    [InlineData("resnet20(width=0.25)", 3, 16)]
    [InlineData("mobilenet_v2(width=0.25,classes=5)", 3, 64)]
    public void Product_WithARandomDirection_IsTheSlopeOfTheGradient(string text, int channels, int side)
    {
        Shape item = [channels, side, side];
        Module model = ModelRegistry.Create(text, item).Model;
        model.Initialize(3);
        model.To(DType.Float64);
        if (text.StartsWith("mobilenet", StringComparison.Ordinal))
        {
            foreach (Dropout dropout in model.NamedModules().Select(m => m.Module).OfType<Dropout>())
            {
                dropout.Eval(); // a mask would differ from pass to pass
            }
        }

        Tensor x = Tensor.Normal([3, channels, side, side], rng: new Rng(1), dtype: DType.Float64),
            labels = Tensor.From<long>([0, 2, 4], [3]);
        Parameter[] parameters = [.. model.Parameters()];
        Rng rng = new(5);
        Tensor[] direction = [.. parameters.Select(p => Tensor.Normal(p.Shape, rng: rng, dtype: DType.Float64))];
        Tensor[] product = Product(model, x, labels, parameters, direction);
        Tensor[] ahead = Shifted(model, x, labels, parameters, direction, Step),
            behind = Shifted(model, x, labels, parameters, direction, -Step);
        double error = 0,
            size = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            double[] own = product[i].ToArray<double>(),
                a = ahead[i].ToArray<double>(),
                b = behind[i].ToArray<double>();
            for (int e = 0; e < own.Length; e++)
            {
                double slope = (a[e] - b[e]) / (2 * Step);
                error += (own[e] - slope) * (own[e] - slope);
                size += slope * slope;
            }
        }

        double relative = Math.Sqrt(error / size);
        Assert.True(relative < Bound, $"{text}: the product differs from the slope by {relative:E2} of its norm");
    }

    private static Tensor[] Product(Module model, Tensor x, Tensor labels, Parameter[] parameters, Tensor[] direction)
    {
        IReadOnlyList<Tensor?> gradients = Loss(model, x, labels).GradientsOf(parameters, createGraph: true);
        Tensor along = gradients.Select((g, i) => (g! * direction[i]).Sum()).Aggregate((a, b) => a + b);
        return
        [
            .. along.GradientsOf(parameters).Select((h, i) => h ?? Tensor.Zeros(parameters[i].Shape, DType.Float64)),
        ];
    }

    private static Tensor[] Shifted(
        Module model,
        Tensor x,
        Tensor labels,
        Parameter[] parameters,
        Tensor[] direction,
        double step
    )
    {
        Tensor[] values = [.. parameters.Select(p => p.Clone())];
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i].CopyFrom(NoGrad.Run(() => values[i] + (direction[i] * step)));
        }

        IReadOnlyList<Tensor?> gradients = Loss(model, x, labels).GradientsOf(parameters);
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i].CopyFrom(values[i]);
        }

        return [.. gradients.Select(g => g!)];
    }

    private static Tensor Loss(Module model, Tensor x, Tensor labels) =>
        new CrossEntropy(labelSmoothing: 0.1).Forward(model.Forward(x), labels);
}
