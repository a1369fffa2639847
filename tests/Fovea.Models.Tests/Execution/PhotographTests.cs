using System.Globalization;
using Fovea.Data;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>Networks for images, compiled, see in photographs what they see eagerly.</summary>
public sealed class PhotographTests(ITestOutputHelper output)
{
    private const int Side = 160;

    private static readonly string[] Files =
    [
        "kodim23.png",
        "skimage-astronaut.png",
        "skimage-chelsea.png",
        "skimage-coffee.png",
        "skimage-motorcycle_left.png",
    ];

    [DataTheory("images/photos")]
    [
        InlineData("mobilenet_v3_small"),
        InlineData("resnet18"),
        InlineData("squeezenet1_1"),
        InlineData("efficientnet_b0")
    ]
    public void Run_Photographs_GivesTheEagerScoresAndClasses(string name)
    {
        Shape item = [3, Side, Side];
        Module model = CompiledAgreement.WithStatistics(ModelRegistry.Create(name, item).Model);
        Tensor x = Photographs(item);
        float[] expected = CompiledAgreement.Eager(model, x),
            found = model.Compile(item).Run(x).ToArray();
        float[][] eager = [.. expected.Chunk(expected.Length / Files.Length)],
            compiled = [.. found.Chunk(expected.Length / Files.Length)];
        for (int i = 0; i < Files.Length; i++)
        {
            string what = $"{name} on {Files[i]}";
            float[] sorted = [.. eager[i].OrderDescending()];
            double apart =
                eager[i].Zip(eager[(i + 1) % Files.Length], (a, b) => Math.Abs(a - b)).Max() / eager[i].Max(Math.Abs);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: error {eager[i].Zip(compiled[i], (a, b) => Math.Abs(a - b)).Max() / eager[i].Max(Math.Abs):E1}, first two {sorted[0]:G5} {sorted[1]:G5}, {apart:G3} from the next"
                )
            );
            CompiledAgreement.AssertNear(what, eager[i], compiled[i], CompiledAgreement.Bound);
            Assert.True(
                Best(eager[i]) == Best(compiled[i]),
                $"{what}: eagerly class {Best(eager[i])}, compiled class {Best(compiled[i])}"
            );
        }
    }

    /// <summary>[N, 3, Side, Side], with the means and deviations of photographs that networks for 1000 classes are
    /// trained with.</summary>
    private static Tensor Photographs(Shape item)
    {
        Preprocessing preprocessing = new(
            item,
            [],
            [0.485f, 0.456f, 0.406f],
            [0.229f, 0.224f, 0.225f],
            normalizeInstances: false
        );
        List<float> values = [];
        foreach (string file in Files)
        {
            float[] image = ImageInput.Fit(ImageFile.Read(TestData.Find($"images/photos/{file}")!), item);
            preprocessing.Apply(image);
            values.AddRange(image);
        }

        return Tensor.From(values.ToArray(), Shape.Create([Files.Length, .. item.Sizes]));
    }

    private static int Best(float[] scores) => Array.IndexOf(scores, scores.Max());
}
