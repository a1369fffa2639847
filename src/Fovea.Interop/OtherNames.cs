namespace Fovea.Interop;

/// <summary>Other names under which tensors of a file may be meant.</summary>
internal static class OtherNames
{
    /// <summary>The tensors under other names, with what was done in words.</summary>
    /// <param name="file">What was read.</param>
    /// <param name="own">What the network has.</param>
    public static IEnumerable<(IReadOnlyDictionary<string, Tensor> Tensors, string Note)> Of(
        WeightsFile file,
        IReadOnlyDictionary<string, Tensor> own
    )
    {
        if (file.Prefix.Length > 0)
        {
            yield return (
                file.Tensors.ToDictionary(t => file.Prefix + t.Key, t => t.Value, StringComparer.Ordinal),
                $"'{file.Prefix}' was put back, as the network's names have it"
            );
        }

        if (TimmNames.Translate(file.Tensors.Keys, own) is { } names)
        {
            Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
            foreach ((string name, Tensor tensor) in file.Tensors)
            {
                string translated = names.GetValueOrDefault(name, name);
                tensors[translated] =
                    own.TryGetValue(translated, out Tensor? wanted)
                    && wanted.Count == tensor.Count
                    && wanted.Shape != tensor.Shape
                    && IsMatrixAsKernel(tensor.Shape, wanted.Shape)
                        ? tensor.Reshape([.. wanted.Shape])
                        : tensor;
            }

            yield return (tensors, "names of timm were translated to those of torchvision");
        }
    }

    /// <summary>Whether a matrix [out, in] is written as kernels [out, c, h, w], or the other way round.</summary>
    private static bool IsMatrixAsKernel(Shape given, Shape wanted) =>
        given.Rank is 2 or 4 && wanted.Rank is 2 or 4 && given.Rank != wanted.Rank && given[0] == wanted[0];
}
