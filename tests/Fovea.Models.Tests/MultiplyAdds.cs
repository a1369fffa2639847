namespace Fovea.Models.Tests;

/// <summary>Counts multiply-adds from the shapes that come out of the layers.</summary>
internal static class MultiplyAdds
{
    /// <summary>Multiply-adds of convolutions and of linear layers for one item.</summary>
    public static (long Convolutions, long Linear) Count(Module model, Shape item)
    {
        long convolutions = 0,
            linear = 0;
        using (
            OperatorObserver.Observe(
                (op, y) =>
                {
                    convolutions += op.Owner is ConvolutionLayer c ? y.Count / y.Shape[1] * c.Weight.Count : 0;
                    linear += op.Owner is Linear l ? l.Weight.Count : 0;
                }
            )
        )
        {
            model.Eval().Forward(Tensor.Zeros(Shape.Create([1, .. item.Sizes])));
        }

        return (convolutions, linear);
    }
}
