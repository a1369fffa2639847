namespace Fovea.Data;

/// <summary>Outlines of the shapes as functions of a point: negative inside, positive outside, about the distance to
/// the edge. Shapes fit the unit circle or nearly so.</summary>
internal static class ShapeOutline
{
    private static readonly (double X, double Y)[] TriangleSides = Directions(3);
    private static readonly (double X, double Y)[] StarSides = Directions(5);
    private static readonly (double X, double Y)[] HexagonSides = Directions(6);

    /// <summary>The distance of a class's outline at a point.</summary>
    public static double Distance(int shape, double x, double y) =>
        shape switch
        {
            0 => Radius(x, y) - 0.9,
            1 => Math.Abs(Radius(x, y) - 0.72) - 0.2,
            2 => Box(x, y, 0.8, 0.8),
            3 => Farthest(TriangleSides, x, y).First - 0.52,
            4 => Math.Min(Box(x, y, 0.95, 0.28), Box(x, y, 0.28, 0.95)),
            5 => Farthest(StarSides, x, y).Second - 0.35, // a five-pointed star: beyond at most one of the pentagon's sides
            6 => Farthest(HexagonSides, x, y).First - 0.83,
            7 => Math.Max(Radius(x, y) - 0.95, 0.75 - Radius(x - 0.5, y)),
            8 => Math.Max(Math.Abs(x) - 0.9, Math.Min(Math.Abs(y), Math.Abs(Math.Abs(y) - 0.66)) - 0.18),
            _ => Math.Max(
                Box(x, y, 0.88, 0.88),
                x * y > 0 ? -Math.Min(Math.Abs(x), Math.Abs(y)) : Math.Min(Math.Abs(x), Math.Abs(y))
            ),
        };

    private static double Radius(double x, double y) => Math.Sqrt((x * x) + (y * y));

    private static double Box(double x, double y, double width, double height) =>
        Math.Max(Math.Abs(x) - width, Math.Abs(y) - height);

    /// <summary>The largest and second largest distance along the sides' normals.</summary>
    private static (double First, double Second) Farthest((double X, double Y)[] normals, double x, double y)
    {
        double first = double.NegativeInfinity,
            second = double.NegativeInfinity;
        foreach ((double nx, double ny) in normals)
        {
            double distance = (nx * x) + (ny * y);
            (first, second) = distance > first ? (distance, first) : (first, Math.Max(second, distance));
        }

        return (first, second);
    }

    private static (double X, double Y)[] Directions(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(k => Math.SinCos(2 * Math.PI * k / count))
                .Select(direction => (direction.Cos, direction.Sin)),
        ];
}
